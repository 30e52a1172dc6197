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


class Principal(msgspec.Struct, frozen=True):
    """An authenticated caller: `name` as the audit trail shows it ('user:…', 'agent:…', 'cli')."""

    name: str
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Whether this caller holds the permission."""
        return permission in self.permissions


LOCAL_ADMIN = Principal("local", frozenset(Permission))
