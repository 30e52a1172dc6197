"""Who asks, and what they may do."""

from __future__ import annotations

import enum

import msgspec


class Permission(enum.StrEnum):
    """What a use case asks for."""

    READ = "read"
    INGEST = "ingest"
    RESPOND = "respond"
    POLICY = "policy"
    ADMIN = "admin"
    MACHINE = "machine"  # naming secrets, files and folders of the server's machine: its command line only


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """A part of what is protected: assets whose application, environment and labels are these. All that are not empty must be
    equal; with none of them it is everything. What has no owner is in no reach but everything."""

    application: str = ""
    environment: str = ""
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing restricts it."""
        return not (self.application or self.environment or self.labels)


class Principal(msgspec.Struct, frozen=True):
    """An authenticated caller: `name` as the audit trail shows it ('user:…', 'agent:…', 'cli'). `node_id` is not '' for what
    speaks for one node: it may send and ask only what is that node's. `scope` says where each permission holds, one pair for
    each part; empty for a caller whose permissions hold everywhere. `session` is the id of the session by which a person asks,
    `confirmed` when they last proved in it who they are (Unix nanoseconds); '' and 0 for programs."""

    name: str
    permissions: frozenset[Permission]
    node_id: str = ""
    scope: tuple[tuple[Permission, Reach], ...] = ()
    session: str = ""
    confirmed: int = 0

    def may(self, permission: Permission) -> bool:
        """Whether this caller holds the permission, be it for a part only."""
        return permission in self.permissions

    def within(self, permission: Permission) -> tuple[Reach, ...] | None:
        """Where the permission holds: any of these parts; None for everywhere."""
        if not self.scope:
            return None
        held = tuple(dict.fromkeys(reach for told, reach in self.scope if told is permission))
        return None if any(reach.everything for reach in held) else held

    @property
    def limited(self) -> bool:
        """Whether any of its permissions holds for a part only."""
        return any(self.within(permission) is not None for permission in self.permissions)


LOCAL_ADMIN = Principal("local", frozenset(Permission))
