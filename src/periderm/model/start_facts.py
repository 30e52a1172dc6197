"""What an image's content says of how its containers will start and what they will touch, found when it is scanned.

Facts only; what of it is normal is judged by `engines.baseline.birth`.
"""

from __future__ import annotations

import enum

import msgspec


class FactKind(enum.StrEnum):
    """What a fact says of the program `program`. `value` as the aspect of the same name in `model.behaviour` writes it."""

    PROGRAM = "program"  # it can run
    PARENT = "parent"  # started by `value`
    READ = "read"
    WRITE = "write"
    EXECUTE = "execute"  # loads this library or script
    LISTEN = "listen"
    CONNECT = "connect"
    BECOME = "become"
    RESOLVE = "resolve"
    CHANGE = "change"  # 'VERB PATH'
    USER = "user"  # started as the user with this number
    ARGUMENTS = "arguments"  # its arguments have this shape (`algorithms.argument_shapes`)


class StartFact(msgspec.Struct, frozen=True, array_like=True, order=True):
    """One fact. `source` is a value of model.baseline.Source, `because` a few words ('/etc/nginx/nginx.conf:3 user www-data'),
    `certainty` 0 to 100."""

    kind: FactKind
    program: str
    value: str
    source: str
    because: str
    certainty: int


class StartFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All facts of one image, sorted. `owned` are folders below which a package of a reachable program keeps its files, by
    program. `commands` are links by which programs are called: the name on the search path to the program that it leads to.
    `users` are the image's accounts by name. `complete` is false where a limit left something out."""

    facts: tuple[StartFact, ...] = ()
    owned: dict[str, tuple[str, ...]] = {}
    commands: dict[str, str] = {}
    users: dict[str, int] = {}
    complete: bool = True
