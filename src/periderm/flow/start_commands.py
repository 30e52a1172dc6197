"""Follows the commands of a start: which program a command line runs, as whom, started by whom, and what it starts in turn, one
level of scripts at a time. Makes facts; runs nothing and judges nothing.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from periderm.algorithms.argument_shapes import argument_shape
from periderm.flow.start_effects import effects
from periderm.flow.start_places import Places
from periderm.flow.start_readers import ACCOUNT, COMMAND, NUL, SCRIPT, URL
from periderm.formats import shell_script
from periderm.formats.service_settings.directives import plain_path
from periderm.model.baseline import Source
from periderm.model.file_note import Note
from periderm.model.start_facts import FactKind, StartFact

_CLUSTERS = frozenset(("postgres", "pg_ctl", "initdb"))
MOST_FACTS = 6_000
MOST_COMMANDS = 5_000  # that are followed in one image, so that scripts which start each other end
_MOST_DEPTH = 6  # programs that start programs
_RUNTIME = "runtime"
_INTERPRETER = re.compile(
    r"(?:python|pypy|perl|ruby|php|nodejs|node|lua|luajit|tclsh|guile|sh|ash|bash|dash|zsh|ksh|mksh|busybox)[\d.]*(?:-cgi|-cli)?"
)


class Why(NamedTuple):
    """Why a fact is believed: where it comes from, a few words of it, how sure it is (0 to 100)."""

    source: Source
    because: str
    certainty: int

    def less(self) -> Why:
        """The same, a little less sure: one step further away."""
        return self._replace(certainty=max(0, self.certainty - 5))


class Walk:
    """The facts of one image as they grow. `seen` is what was told of each file that the image shows, by path and reader."""

    def __init__(self, places: Places, seen: Mapping[tuple[str, str], Sequence[Note]]) -> None:
        self.places = places
        self.seen = seen
        self.found: dict[tuple[FactKind, str, str], StartFact] = {}
        self.complete = True
        self.users: dict[str, int] = {}
        self.groups: dict[str, int] = {}
        self.programs: dict[str, str] = {}  # Behaviour's program: the file that runs
        self.named: set[str] = set()  # files that commands name
        self.data: dict[str, Why] = {}  # folders of PostgreSQL's data
        self._done: set[tuple[tuple[str, ...], str, int]] = set()
        for name, into in (("etc/passwd", self.users), ("etc/group", self.groups)):
            for note in seen.get((places.real(name), "accounts"), ()):
                if note.what == ACCOUNT:
                    into.update({account: int(number) for account, number in note.values.items()})

    def add(self, kind: FactKind, program: str, value: str, why: Why) -> None:
        """One fact; of the same one the surest reason counts."""
        key = (kind, program, value)
        there = self.found.get(key)
        if there is not None and there.certainty >= why.certainty:
            return
        if there is None and len(self.found) >= MOST_FACTS:
            self.complete = False
            return
        self.found[key] = StartFact(kind, program, value, why.source.value, why.because[:200], why.certainty)

    def user(self, name: str) -> int:
        """A user's number; -1 for one that the image does not have."""
        return int(name) if name.isdigit() else self.users.get(name, -1)

    def program(self, file: str, why: Why, script: str = "") -> str:
        """A program that can run; its name in a Behaviour."""
        name = f"{file} {script}" if script else file
        if name not in self.programs:
            self.programs[name] = file
        self.add(FactKind.PROGRAM, name, "", why)
        if script:
            self.add(FactKind.READ, name, script, why)
        return name

    def command(
        self,
        words: Sequence[str],
        parent: str,
        why: Why,
        *,
        user: int = -1,
        depth: int = 0,
        folder: str = "",
    ) -> None:
        """A command line that is run: its program, who starts it, what it starts in turn."""
        words = tuple(words)
        key = (words, parent, user)
        if depth > _MOST_DEPTH or not words or key in self._done:
            return
        if len(self._done) >= MOST_COMMANDS:
            self.complete = False
            return
        self._done.add(key)
        self.named.update(word for word in words[1:] if word.startswith("/"))
        for path in self.places.resolve(words[0], folder):
            argv, file, script = self._interpreted(path, words)
            if not file:
                continue
            program = self.program(file, why, script)
            self.add(FactKind.PARENT, program, parent or _RUNTIME, why)
            self.add(FactKind.ARGUMENTS, program, argument_shape(argv), why)
            if path.rpartition("/")[2] in _CLUSTERS:
                self._cluster(words, program, why)
            for kind, value in effects(words):
                self.add(kind, program, self.places.settled(value), why)
            if user >= 0:
                self.add(FactKind.USER, program, str(user), why)
            self._inner(words, program, parent, why, user=user, depth=depth)
            if script:
                self._script(script, program, parent, (why, words[1:]), user=user, depth=depth)

    def _interpreted(self, path: str, words: tuple[str, ...]) -> tuple[tuple[str, ...], str, str]:
        """(argv as the kernel sees it, the file that runs, the script) of a program at a path."""
        notes = self.seen.get((path, "script"), ())
        first = notes[0].values["interpreter"].split(NUL) if notes and notes[0].what == SCRIPT else ()
        if not first:
            interprets = _INTERPRETER.fullmatch(path.rpartition("/")[2]) is not None and len(words) > 1
            if interprets and words[1].startswith("/") and (inner := self.places.real(words[1].lstrip("/"))):
                return words, f"/{path}", f"/{inner}" if (inner, "script") in self.seen else posixpath.normpath(words[1])
            return words, f"/{path}", ""
        called = self.places.called(words[0], path)
        if first[0].endswith("/env"):
            names = [word for word in first[1:] if not word.startswith("-") and "=" not in word]
            found = self.places.resolve(names[0], "") if names else []
            argv = (*names, called, *words[1:])
        else:
            found = self.places.resolve(first[0], "")
            argv = (*first, called, *words[1:])
        return argv, f"/{found[0]}" if found else "", called

    def _cluster(self, words: Sequence[str], program: str, why: Why) -> None:
        """PostgreSQL's own options: the folder of data, and commands that it gives to a shell."""
        for option, value in itertools.pairwise(words):
            if option in ("-D", "--pgdata") and plain_path(value):
                self.data.setdefault(plain_path(value), why)
            name, equals, text = value.partition("=")
            if option == "-c" and equals and name in ("archive_command", "restore_command"):
                self.command(("/bin/sh", "-c", text), program, why.less(), depth=1)

    def _calls(self, program: str, url: str, why: Why) -> None:
        """An address that a program's text names."""
        scheme, _, place = url.partition("://")
        host, _, number = place.partition(":")
        port = int(number) if number else 443 if scheme == "https" else 80
        if 0 < port < 65536:
            address = host if re.fullmatch(r"[\d.]+", host) else "*"
            self.add(FactKind.CONNECT, program, f"tcp/{port} {address}", why)
            if address == "*":
                self.add(FactKind.RESOLVE, program, host.lower(), why)

    def _inner(
        self,
        words: tuple[str, ...],
        program: str,
        parent: str,
        why: Why,
        *,
        user: int,
        depth: int,
    ) -> None:
        """What a wrapper or `sh -c` starts: a wrapper mostly becomes it, so that both may be the parent."""
        text = shell_script.inline(words)
        if text:
            several = shell_script.commands(text)
            for command in several:
                into = (program, parent) if len(several) == 1 or command.last else (program,)
                for above in into:
                    self.command(command.words, above, why.less(), user=user, depth=depth + 1)
        inner = shell_script.inner(words)
        if inner and inner[0] != "$@":
            user, become = self._taken(words, user)
            for above in (parent, program):
                self.command(inner, above, why.less(), user=user, depth=depth + 1)
            for value in become:
                self.add(FactKind.BECOME, program, value, why)

    def _taken(self, words: tuple[str, ...], user: int) -> tuple[int, list[str]]:
        """The user that a wrapper takes on (`gosu redis …`), and how that is written as behaviour."""
        name = words[0].rpartition("/")[2]
        told = ""
        if name in ("gosu", "su-exec", "s6-setuidgid") and len(words) > 1:
            told = words[1]
        for at, word in enumerate(words):
            if word in ("--reuid", "-u", "--user") and at + 1 < len(words):
                told = words[at + 1]
            elif word.startswith(("--reuid=", "--user=")):
                told = word.partition("=")[2]
        if not told:
            return user, []
        account, _, group = told.partition(":")
        number = self.user(account)
        gid = self.groups.get(group or account, number)
        become = [f"user {number}"] if number >= 0 else []
        return number, [*become, f"group {gid}"] if gid >= 0 else become

    def _script(
        self, script: str, program: str, parent: str, start: tuple[Why, Sequence[str]], *, user: int, depth: int
    ) -> None:
        """One level of a script: the commands that it names, and what it is given to become; `start` is why it is run, and
        its arguments."""
        why, given = start
        path = self.places.real(script.lstrip("/"))
        for note in (*self.seen.get((path, "script"), ()), *self.seen.get((path, "source"), ())):
            if note.what == URL:
                self._calls(program, note.values["url"], Why(Source.SCRIPTS, f"{script}:{note.line}", min(why.certainty, 80)))
            if note.what != COMMAND:
                continue
            words = tuple(script if word == "$0" else word for word in note.values["words"].split(NUL))
            step = Why(Source.SCRIPTS, f"{script}:{note.line}", min(why.certainty, 85))
            last = "last" in note.values
            for target in shell_script.redirections(words):
                self.add(FactKind.WRITE, program, target, step)
            plain = _plain(words)
            if words == ("$@",) or "$@" in words[1:]:
                plain = (*(() if words == ("$@",) else plain[: plain.index("$@")] if "$@" in plain else plain), *given)
            if not plain or (plain[0] == "." and len(plain) > 1):
                if len(plain) > 1:
                    self.add(FactKind.READ, program, plain[1], step)
                continue
            for above in (parent, program) if last else (program,):
                self.command(plain, above, step, user=user, depth=depth + 1)


def _plain(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without redirections."""
    out = []
    skip = False
    for word in words:
        if skip:
            skip = False
            continue
        if re.match(r"\d?[<>]", word):
            skip = re.fullmatch(r"\d?[<>]{1,2}[|&]?", word) is not None
            continue
        out.append(word)
    return tuple(out)
