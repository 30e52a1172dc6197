"""Machines that joined a server of another machine: by which token, under which certificates. Holds no secret but the one
that a joining machine sends once."""

from __future__ import annotations

import enum

import msgspec


class MemberRole(enum.StrEnum):
    """As what something may join. One for now."""

    NODE = "node"


class JoinToken(msgspec.Struct, frozen=True, kw_only=True):
    """The right to join once. `digest` is that of its secret. `name` binds it to the machine of that name ('' to none),
    `again` lets it take the place of a machine that the server knows already. Times are Unix nanoseconds, 0 for never."""

    id: str
    digest: str
    role: MemberRole = MemberRole.NODE
    name: str = ""
    again: bool = False
    created: int = 0
    created_by: str = ""
    expires: int = 0
    used: int = 0
    used_by: str = ""  # the id of the node that joined by it
    revoked: int = 0


class JoinedNode(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that joined. While `revoked` is not 0 nothing is taken from it and nothing told to it."""

    node_id: str
    name: str
    joined: int = 0
    token_id: str = ""
    version: str = ""
    revoked: int = 0
    revoked_by: str = ""


class IssuedCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """By which a node shows who it is. `authority` is the fingerprint of what signed it. Once its successor is used,
    `replaced` says since when: it still counts for a short while."""

    serial: str
    node_id: str
    authority: str
    since: int
    until: int
    replaced: int = 0
    used: int = 0


class JoinRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine that wants to join says. `request` is PKCS 10 in PEM, `time` its own clock."""

    token_id: str
    secret: str
    node_id: str
    name: str
    request: str
    version: str = ""
    time: int = 0


class RenewRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine that has a certificate says to get the next. `request` is PKCS 10 in PEM."""

    request: str
    version: str = ""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to both: a certificate for so many `seconds` in PEM, and whom to trust as server from now on. `time` is
    the server's clock."""

    certificate: str
    authorities: tuple[str, ...]
    seconds: int
    time: int


class Authorities(msgspec.Struct, frozen=True):
    """Certificates in PEM of all that may have signed the server's."""

    authorities: tuple[str, ...]


class AuthorityInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One of the server's own certificate authorities. `fingerprint` is the SHA-256 of its public key
    (SubjectPublicKeyInfo) in hex. Exactly one `issues`; the others are only trusted."""

    fingerprint: str
    name: str
    since: int
    until: int
    issues: bool = False


class DoorInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where this server answers by TLS, and the certificate that it shows there. `names` are those by which it may be called;
    `own` says that our own authority signed it, and that it is renewed by itself. Unix nanoseconds."""

    name: str
    place: str
    names: tuple[str, ...] = ()
    own: bool = True
    since: int = 0
    until: int = 0
    renewed: int = 0  # when the next takes its place; 0: when somebody brings one


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate that one of our authorities signed says."""

    node_id: str
    serial: str
    authority: str
    since: int
    until: int
