"""What well-known services do by themselves, for the programs of one image: whom they start, what they keep, whose rights they
take (`known_services` is the table). It knows no other source of a birth.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from periderm.engines.baseline.birth_behaviours import behaviours, owning
from periderm.engines.baseline.known_services import SAME, Known, rows
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.start_facts import FactKind, StartFact

_FIRST_PERSON = 1000  # adduser(8), FIRST_UID
_MOST_PLACES = 3  # programs of one name in one image


def started(program: str, row: Known, files: Collection[str], commands: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """(program, parent, how sure) of what a service starts; `files` are the image's executables, `commands` its links."""
    names = [program.rpartition("/")[2] if name == SAME else name for name in row.starts if name != SAME or " " in program]
    paths = [path for name in names for path in _places(name, files, commands)]
    for path in paths:
        yield path, program, 80
    shell = commands.get("sh", "") if row.by_shell else ""
    if shell:
        yield shell, program, 80
        for path in paths:
            yield path, shell, 75


def _places(name: str, files: Collection[str], commands: Mapping[str, str]) -> list[str]:
    """Where a program of this name lies; a link leads to it if nothing is called so."""
    wanted = re.compile(rf"/(?:.*/)?(?:s?bin|lib[^/]*)/(?:.*/)?{re.escape(name)}")
    found = [path for path in sorted(files) if path.endswith(f"/{name}") and wanted.fullmatch(path)][:_MOST_PLACES]
    return found or [path for path in (commands.get(name, ""),) if path]


def by_itself(program: str, facts: Sequence[StartFact], users: Mapping[str, int]) -> Iterator[tuple[Behaviour, str]]:
    """What the program does if it is a well-known service, each with a reason. `facts` are those of its own settings, which say
    better where it listens; `users` the image's accounts."""
    for row in rows(program):
        because = f"{row.programs[0]} does by itself"
        for behaviour in _of_row(program, row, facts, users):
            yield behaviour, because


def _of_row(program: str, row: Known, facts: Sequence[StartFact], users: Mapping[str, int]) -> Iterator[Behaviour]:
    yield from _kept(program, row, facts)
    for aspect, values in (
        (Aspect.CAPABILITY, row.uses),
        (Aspect.ACT, row.acts),
        (Aspect.NAMESPACE, row.namespaces),
        (Aspect.SOCKET, row.sockets),
    ):
        for value in values:
            yield Behaviour(aspect, program, value)
    yield from _rights(program, row, users)


def _kept(program: str, row: Known, facts: Sequence[StartFact]) -> Iterator[Behaviour]:
    """Its files and doors."""
    for path in row.writes:
        yield from behaviours(FactKind.WRITE, program, path)
        if "CAP_CHOWN" in row.uses:
            yield from owning(program, path)
    for path in row.reads:
        yield from behaviours(FactKind.READ, program, path)
    if not any(fact.kind is FactKind.LISTEN for fact in facts):
        for door in row.listens:
            yield from behaviours(FactKind.LISTEN, program, door)


def _rights(program: str, row: Known, users: Mapping[str, int]) -> Iterator[Behaviour]:
    """The user whose rights it takes, as the image numbers it."""
    if not row.user:
        return
    for path in ("/etc/passwd", "/etc/group"):
        yield Behaviour(Aspect.READ, program, path)
    numbers = {users[row.user]} if row.user in users else set()
    if row.anybody:
        numbers |= {number for number in users.values() if number == 0 or number >= _FIRST_PERSON}
    for number in sorted(numbers):
        for value in (f"user {number}", f"group {number}"):
            yield Behaviour(Aspect.BECOME, program, value)
