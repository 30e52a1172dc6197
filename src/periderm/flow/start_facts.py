"""Joins what the layers' files told into facts of how an image's containers will start: programs, who starts them, their
libraries, what services' settings promise. Facts only; what of it is normal is judged by `engines.baseline.birth`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from periderm.engines.image.view import View
from periderm.flow.start_commands import Walk, Why
from periderm.flow.start_owned import owned_folders
from periderm.flow.start_pages import Pages, included
from periderm.flow.start_places import Places
from periderm.flow.start_readers import ELF, NUL, PREFIX, SERVICES, makers
from periderm.formats.service_settings.postgres import DATA
from periderm.model.baseline import Source
from periderm.model.file_note import Note
from periderm.model.image import ExecutableFile, ImageConfig, LayerEntry, Package
from periderm.model.start_facts import FactKind, StartFacts

MOST_LIBRARIES = 200  # of one program
_MOST_SCRIPTS = 60
_MOST_MODULES = 300  # of one program
_ONE_FILE = frozenset(("redis", "haproxy"))
# Interpreters and services that a container is often started with although the image's configuration does not say so.
_LIKELY = re.compile(r"(?:python|perl|ruby|node|nodejs|php|java|beam\.smp|lua|busybox|dash|bash)[\d.]*")


class _Told(NamedTuple):
    """What one reader told of one file of one layer."""

    layer: int
    notes: Sequence[Note]


class Starts:
    """Feed it the notes of every layer, from the lowest up; then ask once."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def noted(self, reader: str, entry: LayerEntry, layer: int, notes: Sequence[Note]) -> bool:
        """Takes what one of its readers told; False for notes of others."""
        if not reader.startswith(PREFIX):
            return False
        self._told[entry.path, reader[len(PREFIX) :].partition("/")[0]] = _Told(layer, notes)
        return True

    def facts(
        self, view: View, config: ImageConfig, executables: Iterable[ExecutableFile], packages: Sequence[Package]
    ) -> StartFacts:
        """All of it, after the last layer."""
        places = Places(view, config, {file.path: file.package for file in executables})
        seen: dict[tuple[str, str], Sequence[Note]] = {}
        for (path, reader), told in self._told.items():
            node = view.find(path)
            if node is not None and node.children is None and node.layer == told.layer:
                seen[places.real(path), reader] = told.notes
        return _Joining(places, config, seen).facts(packages)


class _Joining:
    """The state of joining one image."""

    def __init__(self, places: Places, config: ImageConfig, seen: Mapping[tuple[str, str], Sequence[Note]]) -> None:
        self.places = places
        self.config = config
        self.seen = seen
        self.walk = Walk(places, seen)

    def facts(self, packages: Sequence[Package]) -> StartFacts:
        self._configured()
        self._settings()
        self._scripts()
        self._data()
        for path in self.places.executables:
            if _LIKELY.fullmatch(path.rpartition("/")[2]):
                self.walk.program("/" + path, Why(Source.PACKAGES, f"/{path}", 20))
        owned = owned_folders(self.walk.programs, self.places, packages)
        for program, file in list(self.walk.programs.items()):
            self._libraries(program, [file.lstrip("/"), *self._modules(owned.get(program, ()))])
        return StartFacts(
            facts=tuple(sorted(self.walk.found.values())),
            owned=owned,
            commands=self.places.links(),
            users=dict(sorted(self.walk.users.items())),
            complete=self.walk.complete,
        )

    def _configured(self) -> None:
        """What the image's configuration says: entrypoint with command, user, health check."""
        config = self.config
        start = (*config.entrypoint, *config.command)
        source = Source.ENTRYPOINT if config.entrypoint else Source.COMMAND
        if start:
            user = self.walk.user(config.user.partition(":")[0]) if config.user else 0
            self.walk.command(start, "", Why(source, "the image's configuration", 95), user=user)
        check = config.healthcheck
        if check[:1] == ("CMD-SHELL",) and len(check) > 1:
            check = ("CMD", "/bin/sh", "-c", check[1])
        if check[:1] == ("CMD",) and len(check) > 1:
            self.walk.command(check[1:], "", Why(Source.HEALTHCHECK, "the image's health check", 95))

    def _scripts(self) -> None:
        """Scripts that no package brought: the image's maker did, and what he brings is often what is started."""
        count = 0
        for path, reader in sorted(self.seen):
            if reader != "script" or not makers(path) or self.places.owner(path) or not self.places.executes(path):
                continue
            count += 1
            if count > _MOST_SCRIPTS:
                self.walk.complete = False
                return
            self.walk.command((f"/{path}",), "", Why(Source.SCRIPTS, f"/{path}", 40))

    def _settings(self) -> None:
        """What the settings of services promise, for each program of the service that is there."""
        pages = Pages(self.places, self.walk)
        included_too = included(self.seen)
        for (path, reader), notes in sorted(self.seen.items(), key=lambda item: item[0]):
            if reader not in SERVICES or not self.places.enabled(path) or not self._used(path, reader):
                continue
            if reader in included_too and path not in included_too[reader]:
                continue
            for file in self.places.named(SERVICES[reader]):
                program = self.walk.program(f"/{file}", Why(Source.CONFIGURATION, f"/{path}", 60))
                self.walk.add(FactKind.READ, program, f"/{path}", Why(Source.CONFIGURATION, f"/{path}", 90))
                for note in notes:
                    because = f"/{path}:{note.line} {note.evidence}"
                    if not pages.noted(program, note, because):
                        self._promise(program, note, because)
        pages.follow()

    def _used(self, path: str, reader: str) -> bool:
        """Of a service that is told its one file of settings on its command line, only that one counts."""
        if reader not in _ONE_FILE or f"/{path}" in self.walk.named:
            return True
        return not any(each == reader and f"/{other}" in self.walk.named for other, each in self.seen)

    def _promise(self, program: str, note: Note, because: str) -> None:
        value = note.values.get("value", "")
        if note.what == "starts":
            self.walk.command((value,), program, Why(Source.CONFIGURATION, because, 85))
            return
        # A socket is told as the caller writes it, a file as the kernel resolves it.
        several = self._numbered(value) if note.what == "become" else dict.fromkeys((value, self.places.settled(value)))
        for told in several:
            self.walk.add(FactKind(note.what), program, told, Why(Source.CONFIGURATION, because, 90))
        if note.what == "read" and value.endswith("/**"):  # what a web server gives away, PHP behind it runs
            for file in self.places.named(SERVICES["php_fpm"]):
                self.walk.add(FactKind.READ, f"/{file}", value, Why(Source.CONFIGURATION, because, 80))

    def _numbered(self, value: str) -> Iterator[str]:
        """'user www-data' as 'user 33', and its own group with it."""
        what, _, name = value.partition(" ")
        table = self.walk.users if what == "user" else self.walk.groups
        number = int(name) if name.isdigit() else table.get(name, -1)
        if number >= 0:
            yield f"{what} {number}"
            if what == "user" and name in self.walk.groups:
                yield f"group {self.walk.groups[name]}"

    def _data(self) -> None:
        """Folders of data that PostgreSQL's command lines name: what the server keeps there, and all that makes the cluster."""
        for folder, why in self.walk.data.items():
            for file in self.places.named((*SERVICES["postgres"], "initdb", "pg_ctl")):
                made = ("**",) if file.endswith("/initdb") else DATA if file.endswith("/postgres") else ("postmaster.*",)
                for name in made:
                    self.walk.add(FactKind.WRITE, f"/{file}", f"{folder}/{name}", why)
                self.walk.add(FactKind.READ, f"/{file}", f"{folder}/**", why)

    def _modules(self, folders: Sequence[str]) -> list[str]:
        """Code that a program may load from its packages' own folders."""
        below = tuple(folder[1:-2] for folder in folders if "/lib" in folder and folder.endswith("/**"))
        return (
            [path for path, reader in self.seen if reader == "elf" and path.startswith(below)][:_MOST_MODULES] if below else []
        )

    def _libraries(self, program: str, files: Sequence[str]) -> None:
        """All that the loader will load for a program and its modules, the libraries' own libraries too."""
        waiting = [(file, 0 if at == 0 else 2) for at, file in enumerate(files)]
        seen: set[str] = set()
        while waiting and len(seen) < MOST_LIBRARIES:
            path, depth = waiting.pop()
            for note in self.seen.get((path, "elf"), ()):
                if note.what != ELF:
                    continue
                paths = tuple(note.values.get("paths", "").split(NUL)) if "paths" in note.values else ()
                names = note.values["needed"].split(NUL) if note.values["needed"] else []
                loader = note.values.get("interpreter", "")
                sure = Why(Source.LIBRARIES, f"/{path} needs it", 95 if depth < 2 else 80)
                found = self.places.libraries(names, paths, path)
                for library in (*found, self.places.real(loader.lstrip("/"))) if loader else found:
                    if library and library not in seen:
                        seen.add(library)
                        waiting.append((library, depth + 1))
                        self.walk.add(FactKind.EXECUTE, program, f"/{library}", sure)
