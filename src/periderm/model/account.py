"""People and services that may sign in, the rights they were given, their tokens and sessions. Judges no credential."""

from __future__ import annotations

import enum

import msgspec

from periderm.model.principal import Permission, Principal, Reach

OWNER = "local"  # whoever has the machine: signs in by a link that only they can print, and has no account


class Role(enum.StrEnum):
    """What someone is here for. Each can read; only `ADMIN` sees to people, registries and the audit log."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    AUTHOR = "policy-author"
    ADMIN = "admin"


PERMISSIONS = {
    Role.VIEWER: frozenset({Permission.READ}),
    Role.RESPONDER: frozenset({Permission.READ, Permission.RESPOND}),
    Role.AUTHOR: frozenset({Permission.READ, Permission.POLICY}),
    Role.ADMIN: frozenset({Permission.READ, Permission.RESPOND, Permission.POLICY, Permission.ADMIN}),
}


class Kind(enum.StrEnum):
    """A `PERSON` signs in with a password or a link; a `SERVICE` has tokens only."""

    PERSON = "person"
    SERVICE = "service"


class Grant(msgspec.Struct, frozen=True):
    """A role, and the part of what is protected that it holds for."""

    role: Role
    reach: Reach = Reach()


class Account(msgspec.Struct, frozen=True, kw_only=True, tag="account"):
    """Who may sign in as `name`. `password` is an argon2id hash ('' for none), `totp` the secret of one-time codes in base32
    ('' for none), `totp_step` the step of the last code that was taken: none is taken twice. `recovery` are digests of codes
    that stand in for it once each. `unconfirmed` is a secret of one-time codes that no code has proved yet."""

    name: str
    kind: Kind = Kind.PERSON
    full_name: str = ""
    grants: tuple[Grant, ...] = ()
    groups: tuple[str, ...] = ()
    disabled: bool = False
    password: str = ""
    totp: str = ""
    totp_step: int = 0
    recovery: tuple[str, ...] = ()
    unconfirmed: str = ""
    created: int = 0
    created_by: str = ""
    changed: int = 0
    signed_in: int = 0


class Group(msgspec.Struct, frozen=True, kw_only=True, tag="group"):
    """What all its members may do besides what they may themselves."""

    name: str
    grants: tuple[Grant, ...] = ()
    created: int = 0
    created_by: str = ""


class ApiToken(msgspec.Struct, frozen=True, kw_only=True, tag="api-token"):
    """A secret by which a program speaks for an account, and no more than `permissions` of it, in `reach`. `id` names it in
    lists; the secret is known by its digest only. `expires` is never 0."""

    id: str
    account: str
    name: str
    permissions: tuple[Permission, ...]
    reach: Reach = Reach()
    created: int = 0
    created_by: str = ""
    expires: int = 0
    used: int = 0


class SignedIn(msgspec.Struct, frozen=True, kw_only=True, tag="signed-in"):
    """A session of a person: `id` names it in lists, its cookie is known by its digest only. `how` is 'link', 'password' or
    'identity' (single sign-on); `owner` sessions are the machine's owner's and need no account. `seen` is when it last asked,
    to the minute; `confirmed` when the person last proved who they are, `refusals` how often that failed since."""

    id: str
    name: str
    began: int
    expires: int
    seen: int = 0
    address: str = ""
    browser: str = ""
    how: str = "link"
    owner: bool = False
    confirmed: int = 0
    refusals: int = 0


def principal_of(name: str, grants: tuple[Grant, ...]) -> Principal:
    """The caller who has these rights, and no other."""
    scope = tuple(dict.fromkeys((p, grant.reach) for grant in grants for p in sorted(PERMISSIONS[grant.role])))
    permissions = frozenset(permission for permission, _ in scope)
    limited = Principal(name, permissions, scope=scope)
    return limited if limited.limited else Principal(name, permissions)


def narrowed(who: Principal, name: str, permissions: tuple[Permission, ...], reach: Reach) -> Principal:
    """The same caller with only these permissions, and within this part only."""
    kept = who.permissions & frozenset(permissions)
    if reach.everything and not who.scope:
        return Principal(name, kept, who.node_id)
    given = who.scope or tuple((p, Reach()) for p in sorted(who.permissions))
    if not reach.everything:
        kept -= {Permission.ADMIN}  # what administrators see to has no parts
    scope = tuple((p, both) for p, held in given if p in kept and (both := meet(held, reach)) is not None)
    return Principal(name, frozenset(p for p, _ in scope), who.node_id, scope)


def meet(one: Reach, other: Reach) -> Reach | None:
    """What is in both; None if nothing can be."""
    labels = dict(one.labels)
    for key, value in other.labels:
        if labels.setdefault(key, value) != value:
            return None
    if one.application and other.application and one.application != other.application:
        return None
    if one.environment and other.environment and one.environment != other.environment:
        return None
    return Reach(
        application=one.application or other.application,
        environment=one.environment or other.environment,
        labels=tuple(sorted(labels.items())),
    )
