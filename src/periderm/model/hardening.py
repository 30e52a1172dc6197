"""How narrowly a workload could be run, with the reasons, and what of its past would have been refused. Derives nothing."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.text import Text


class Measure(enum.StrEnum):
    """One way of holding a container tighter."""

    SYSTEM_CALLS = "system-calls"
    CAPABILITIES = "capabilities"
    READ_ONLY = "read-only"
    USER = "user"
    NO_NEW_PRIVILEGES = "no-new-privileges"
    PROGRAMS = "programs"  # what an AppArmor profile lets it start and write
    NETWORK = "network"


class Door(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A port of a protocol ('tcp', 'udp') with whoever is at the other end: an address, a CIDR block or '*'."""

    protocol: str
    port: int
    peer: str = "*"


class Writable(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A folder that must stay writable. `lasting` asks for a volume; else memory is enough (a tmpfs). `lent` is what the
    container has already: its volume stays as it is."""

    path: str
    lasting: bool
    lent: bool = False


class Note(msgspec.Struct, frozen=True):
    """What is to be known of one measure: why it is as it is, or why it is left out."""

    measure: Measure
    text: Text


class Hardening(msgspec.Struct, frozen=True, kw_only=True):
    """What a workload needs and no more.

    A measure that cannot be proposed is None (or False), and a note says why. `system_calls` are names that the workload made;
    what a container's start needs is added where a profile is written. `families` are the address families of its sockets
    (AF_*), `namespaces` whether it makes or enters any. `capabilities` are those that it keeps. `user` is 'UID' or 'UID:GID'.
    `writable` is what a read-only root leaves writable. `programs`, `libraries` and `writes` are paths or patterns, as
    `model.behaviour` writes them. `observed` is for how many seconds it was watched, on `replicas` replicas.
    """

    workload_id: str
    name: str
    image: str = ""
    architecture: str = ""
    system_calls: tuple[str, ...] | None = None
    families: tuple[int, ...] = ()
    namespaces: bool = False
    compat: bool = False
    capabilities: tuple[str, ...] | None = None
    read_only: bool = False
    writable: tuple[Writable, ...] = ()
    user: str | None = None
    no_new_privileges: bool = False
    programs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    listens: tuple[Door, ...] = ()
    connects: tuple[Door, ...] = ()
    resolves: bool = False
    watched_network: bool = False
    labels: dict[str, str] = {}
    published: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    observed: int = 0
    replicas: int = 0


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the past that a measure would have refused `count` times. `program` did it, `what` says what.
    `session` tells that it was done in an interactive session or from outside, not by the workload itself. Times: Unix
    nanoseconds."""

    measure: Measure
    program: str
    what: str
    count: int
    first: int
    last: int
    session: bool = False


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """The replay of a workload's past under its hardening: of `events` happenings in `containers` containers, which would
    have been refused. `whole` is false if the past was longer than what was looked at."""

    since: int
    until: int
    events: int
    containers: int
    refused: tuple[Refused, ...] = ()
    whole: bool = True

    @property
    def hurt(self) -> int:
        """How many happenings of the workload itself would have been refused."""
        return sum(refused.count for refused in self.refused if not refused.session)
