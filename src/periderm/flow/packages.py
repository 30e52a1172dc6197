"""Puts together the packages of an image from what its layers' files told: which are still there, whose they are, which
layer and build step brought them. Knows no format, and judges nothing.

A file's word counts only if the final file system shows that very file. A distribution's database counts as it is at
the end, but each package belongs to the first layer whose database listed that version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from periderm.engines.image.search import printable
from periderm.engines.image.view import View
from periderm.flow.layer_facts import LayerFacts, ReadFile
from periderm.model.distribution import TYPES, distribution_purl
from periderm.model.image import ImageConfig, Origin, OsRelease, Package
from periderm.model.limits import ScanLimits
from periderm.model.package_format import FileFacts
from periderm.model.text import Text

_RELEASES = ("etc/os-release", "usr/lib/os-release")  # os-release(5): the first that exists counts
# Minimal images leave these out of packages that are otherwise there, as dpkg's path-exclude does.
_DOCUMENTS = ("usr/share/doc/", "usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/")
_COPYRIGHTS = "usr/share/doc/"
_INSIDE = frozenset(("bin", "sbin", "lib", "lib64", "libexec", "server"))  # of a program's own folder
_FOLDER = "path:"
Key = tuple[str, str, str, str]  # type, name, architecture, version


def steps(config: ImageConfig, layers: int) -> tuple[str, ...]:
    """The build step that made each layer, as the history tells; '' where it does not fit."""
    told = [step.created_by for step in config.history if not step.empty_layer]
    return tuple(told) if len(told) == layers else ("",) * layers


class Packages:
    """Feed it every layer's facts in order; then ask once. `unless` is {id of a format: base name}: where a file of that
    name lies beside it, what the format told of a file does not count."""

    def __init__(self, view: View, limits: ScanLimits, unless: Mapping[str, str] | None = None) -> None:
        self._view = view
        self._limits = limits
        self._unless = unless or {}
        self._files: dict[tuple[str, str], tuple[int, ReadFile]] = {}
        self._listed: dict[tuple[str, str], set[Key]] = {}
        self._brought: dict[Key, int] = {}
        self._heads: dict[str, str] = {}
        self.missed: list[Text] = []

    def add(self, number: int, facts: LayerFacts) -> None:
        """A layer's facts. Of two entries with one name the later counts."""
        for file in facts.files:
            place = (facts.entries[file.entry].path, file.format)
            self._files[place] = (number, file)
            keys = {_key(p) for p in file.facts.packages if p.type in TYPES}
            for key in self._listed.get(place, set()) - keys:
                self._brought.pop(key, None)
            for key in keys:
                self._brought.setdefault(key, number)
            if keys or place in self._listed:
                self._listed[place] = keys

    def _visible(self) -> Iterator[tuple[str, int, ReadFile]]:
        """(path, layer, what was told) of all that the final file system shows."""
        find = self._view.find
        for (path, _), (number, file) in self._files.items():
            node = find(path)
            if node is None or node.children is not None or node.layer != number:
                continue
            better = self._unless.get(file.format)
            if better and find("/".join((*path.split("/")[:-1], better))) is not None:
                continue
            yield path, number, file

    def compose(self, diff_ids: Sequence[str], created_by: Sequence[str], more: Sequence[Package] = ()) -> Composed:
        """Everything, after the last layer; with `more`, which is known besides the files."""
        visible = list(self._visible())
        os = _release({path: file.facts.os for path, _, file in visible if file.facts.os is not None})
        owned, licences = self._joined(file.facts for _, _, file in visible)
        packages = [
            msgspec.structs.replace(
                package,
                purl=package.purl or distribution_purl(package, os),
                layer=diff_ids[at],
                created_by=created_by[at],
                origin=Origin.DECLARED if file.declared else package.origin,
            )
            for _, number, file in visible
            for package in file.facts.packages
            for at in (self._brought.get(_key(package), number),)
        ]
        packages = _distinct([*packages, *more])
        if len(packages) > self._limits.packages:
            n = len(packages) - self._limits.packages
            self.missed.append(Text(f"{n} packages more than the limit were left out.", f"超出上限的 {n} 个软件包已略去。"))
            packages = packages[: self._limits.packages]
        owners = self._owners(owned)
        finished = (self._finish(p, owned, licences, owners) for p in packages)
        # What a distribution's package brought need not be recognised: it is known already, and better.
        known = (p for p in finished if not (p.owner and p.origin is Origin.RECOGNISED))
        whole = tuple(sorted(_once(list(known)), key=_order))
        return Composed(os, whole, owners, self._vouched(file.facts for _, _, file in visible))

    def _joined(self, told: Iterable[FileFacts]) -> tuple[dict[str, list[str]], dict[str, str]]:
        """Files and licences by owner."""
        owned: dict[str, list[str]] = {}
        licences: dict[str, str] = {}
        room = self._limits.owned
        for facts in told:
            for one in facts.owned:
                owned.setdefault(one.owner, []).extend(one.paths[: max(0, room)])
                room -= len(one.paths)
            for licensed in facts.licensed:
                licences.setdefault(licensed.owner, licensed.licence)
        if room < 0:
            self.missed.append(Text(f"{-room} files of packages were left out.", f"软件包的 {-room} 个文件已略去。"))
        return owned, licences

    def _owners(self, owned: dict[str, list[str]]) -> dict[str, str]:
        """{path: 'deb:NAME'} of every file that a distribution's package brought, by its place in the final file system."""
        owners: dict[str, str] = {}
        for owner, paths in owned.items():
            if owner.startswith(_FOLDER):
                continue
            kind, _, name = owner.partition(":")
            short = f"{kind}:{name.partition(':')[0]}"
            for path in paths:
                owners[path] = short
                real = self._real(path)
                if real != path:
                    owners.setdefault(real, short)
        return owners

    def _vouched(self, told: Iterable[FileFacts]) -> dict[str, dict[str, str]]:
        """{path in the final file system: {SHA-256: package}}: packages of two architectures may bring one file."""
        found: dict[str, dict[str, str]] = {}
        for facts in told:
            for one in facts.vouched:
                for path, digest in one.sums.items():
                    found.setdefault(self._real(path), {})[digest] = one.package
        return found

    def _real(self, path: str) -> str:
        """/bin/bash of a list is usr/bin/bash in a merged file system."""
        head, _, name = path.rpartition("/")
        real = self._heads.get(head)
        if real is None:
            real = self._heads[head] = self._view.canonical(head) if head else ""
        return f"{real}/{name}" if real else path

    def _finish(
        self, package: Package, owned: dict[str, list[str]], licences: dict[str, str], owners: dict[str, str]
    ) -> Package:
        """A package with its files, its licence if another file tells it, its owner, and whether it is there at all."""
        files = next((owned[key] for key in _names(package) if key in owned), [])
        licence = package.licence or next((licences[key] for key in _names(package) if key in licences), "")
        licence = licence or self._shared_licence(package, licences)
        owner = "" if package.type in TYPES else owners.get(package.path.partition("!/")[0], "")
        if not files and licence == package.licence and not owner:
            return package
        return msgspec.structs.replace(
            package,
            files=tuple(map(printable, files)),
            licence=licence,
            owner=owner,
            on_disk=package.on_disk and self._on_disk(package, files),
        )

    def _shared_licence(self, package: Package, licences: dict[str, str]) -> str:
        """Debian's packages of one source may share a folder of documents: libgcc-s1's is a link to gcc-12-base's."""
        if package.type != "deb":
            return ""
        folder = self._view.canonical(_COPYRIGHTS + package.name)
        return licences.get("deb:" + folder.rpartition("/")[2], "") if folder.startswith(_COPYRIGHTS) else ""

    def _on_disk(self, package: Package, files: Sequence[str]) -> bool:
        """Whether any of its files is there: documents and its own metadata do not count, folders neither."""
        folder = package.path.rpartition("/")[0] + "/"
        listed = [f for f in files if not f.startswith(_DOCUMENTS) and (package.type in TYPES or not f.startswith(folder))]
        heads = {f.rpartition("/")[0] for f in listed}
        find = self._view.find
        any_file = False
        for path in listed:
            if path in heads:
                continue
            node = find(path)
            if node is None:
                any_file = True
            elif node.children is None:
                return True
        return not any_file


class Composed(msgspec.Struct, frozen=True):
    """`owners` is {path: 'deb:NAME'} of the final file system, `vouched` {path: {SHA-256: package}} of what packages say of
    their programs' contents."""

    os: OsRelease
    packages: tuple[Package, ...]
    owners: dict[str, str]
    vouched: dict[str, dict[str, str]] = {}


def _release(found: dict[str, OsRelease]) -> OsRelease:
    """The distribution that the final file system names."""
    first = (found[path] for path in _RELEASES if path in found)
    return next(first, next(iter(found.values()), OsRelease()))


def _once(packages: list[Package]) -> Iterator[Package]:
    """Without what a lock file asks for and what lies installed in the lock file's own folder: that is one package."""
    there: dict[tuple[str, str, str], list[str]] = {}
    for package in packages:
        if package.origin is not Origin.DECLARED:
            there.setdefault((package.type, package.name, package.version), []).append(package.path)
    for package in packages:
        if package.origin is Origin.DECLARED:
            folder = package.path.rpartition("/")[0]
            prefix = f"{folder}/" if folder else ""
            if any(p.startswith(prefix) for p in there.get((package.type, package.name, package.version), ())):
                continue
        yield package


def _names(package: Package) -> tuple[str, ...]:
    """By what keys files and licences are told of it, the most exact first."""
    if package.type in TYPES:
        return f"{package.type}:{package.name}:{package.architecture}", f"{package.type}:{package.name}"
    return f"{package.type}:{package.name}", _FOLDER + package.path.rpartition("/")[0]


def _distinct(packages: Iterable[Package]) -> list[Package]:
    """The same package told twice by one file is one; a database of a distribution tells each once, in whatever file."""
    found: dict[tuple[str, ...], Package] = {}
    for package in packages:
        place = "" if package.type in TYPES else package.path
        if package.origin is Origin.RECOGNISED:
            place = _installation(place)
        found.setdefault((package.purl, place, package.module, package.origin), package)
    return list(found.values())


def _installation(path: str) -> str:
    """Where the program that a file belongs to is installed: 'opt/jdk' of 'opt/jdk/bin/java' and of 'opt/jdk/release'.
    A program and its library in one place are one."""
    parts = path.split("/")[:-1]
    while parts and (parts[-1] in _INSIDE or parts[-1].endswith(("-linux-gnu", "-linux-musl"))):
        parts.pop()
    return "/".join(parts)


def _key(package: Package) -> Key:
    return package.type, package.name, package.architecture, package.version


def _order(package: Package) -> tuple[str, ...]:
    return package.type, package.name, package.architecture, package.version, package.path, package.purl
