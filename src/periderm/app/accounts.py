"""What an administrator does with people and services: add them, say what they may do, shut them out, take them away; groups.

One's own password, codes and sessions are in `app.credentials`, tokens in `app.tokens`. No account's secret leaves here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NoReturn

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_fresh
from periderm.app.grants import checked_name, grant_text
from periderm.app.sign_in import grants_of, make_sign_in_link
from periderm.model.account import Account, Grant, Group, Kind
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import Permission, Principal

INVITATION_SECONDS = 86_400
MOST = 10_000
LONGEST = 200


class AccountView(msgspec.Struct, frozen=True, kw_only=True):
    """An account as others may see it: whether it has a password and one-time codes, never the secrets. `rights` are all that
    it has, its groups' among them, as `app.grants` writes them."""

    name: str
    kind: Kind
    full_name: str = ""
    grants: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    disabled: bool = False
    has_password: bool = False
    has_codes: bool = False
    recovery_left: int = 0
    created: int = 0
    created_by: str = ""
    signed_in: int = 0
    sessions: int = 0
    tokens: int = 0


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group, what it grants, and who is in it."""

    name: str
    grants: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be another way; None stays."""

    full_name: str | None = None
    grants: tuple[Grant, ...] | None = None
    groups: tuple[str, ...] | None = None
    disabled: bool | None = None


def list_accounts(app: Application, who: Principal) -> tuple[AccountView, ...]:
    """All, by name."""
    require(who, Permission.ADMIN)
    sessions = [s.name for s in app.store.sessions(app.clock.now()) if not s.owner]
    tokens = [t.account for t in app.store.tokens()]
    return tuple(view(app, a, sessions=sessions.count(a.name), tokens=tokens.count(a.name)) for a in app.store.accounts())


def show_account(app: Application, who: Principal, name: str) -> AccountView:
    """One. Raises NotFoundError."""
    found = next((a for a in list_accounts(app, who) if a.name == name), None)
    return found or _missing(name)


def add_account(app: Application, who: Principal, account: Account) -> AccountView:
    """Adds one without any secret: a person is invited by a link, a service gets tokens. Raises UsageError."""
    require(who, Permission.ADMIN)
    require_fresh(app, who)
    checked_name(account.name)
    clean = Account(
        name=account.name,
        kind=account.kind,
        full_name=_short(account.full_name),
        grants=account.grants,
        groups=account.groups,
        created=app.clock.now(),
        created_by=who.name,
    )
    with app.store.transaction():
        if app.store.account(account.name) is not None:
            raise UsageError(f"There is an account {account.name!r} already.", "Choose another name, or change that one.")
        if len(app.store.accounts()) >= MOST:
            raise UsageError(f"There are {MOST} accounts.", "Remove some that nobody uses.")
        _check_groups(app, clean.groups)
        app.store.put_account(clean)
        note(app, who, "account.add", clean.name, f"{clean.kind.value}: {_rights(clean)}")
    return view(app, clean)


def change_account(app: Application, who: Principal, name: str, changes: Changes) -> AccountView:
    """Changes what it says. One that is disabled has no sessions from then on. Raises NotFoundError, UsageError."""
    require(who, Permission.ADMIN)
    if changes.grants is not None or changes.groups is not None or changes.disabled is False:
        require_fresh(app, who)
    with app.store.transaction():
        old = app.store.account(name) or _missing(name)
        given = {k: v for k in Changes.__struct_fields__ if (v := getattr(changes, k)) is not None}
        if "full_name" in given:
            given["full_name"] = _short(given["full_name"])
        new: Account = msgspec.structs.replace(old, **given, changed=app.clock.now())
        _check_groups(app, new.groups)
        app.store.put_account(new)
        if new.disabled:
            app.store.end_sessions(name=name)
        note(app, who, "account.change", name, f"{_rights(old)} → {_rights(new)}")
    return view(app, new)


def remove_account(app: Application, who: Principal, name: str) -> None:
    """It, its tokens and its sessions are gone; what it did stays in the audit log. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    with app.store.transaction():
        if app.store.account(name) is None:
            _missing(name)
        app.store.remove_account(name)
        note(app, who, "account.remove", name)


def invite(app: Application, who: Principal, name: str) -> str:
    """A link by which a person comes in once, within a day, and sets a password. Raises NotFoundError, UsageError."""
    require(who, Permission.ADMIN)
    require_fresh(app, who)
    account = app.store.account(name) or _missing(name)
    if account.kind is not Kind.PERSON or account.disabled:
        raise UsageError(f"{name!r} does not sign in.", "Make a token for a service; enable an account that is disabled.")
    return make_sign_in_link(app, who, name, seconds=INVITATION_SECONDS)


def clear_credentials(app: Application, who: Principal, name: str) -> None:
    """An administrator takes away how another comes in, and their sessions; a link lets them in again. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    require_fresh(app, who)
    with app.store.transaction():
        account = app.store.account(name) or _missing(name)
        empty = msgspec.structs.replace(account, password="", totp="", unconfirmed="", recovery=(), changed=app.clock.now())
        app.store.put_account(empty)
        ended = app.store.end_sessions(name=name)
        note(app, who, "account.reset", name, f"sessions ended: {ended}")


def list_groups(app: Application, who: Principal) -> tuple[GroupView, ...]:
    """All, by name."""
    require(who, Permission.ADMIN)
    accounts = app.store.accounts()
    return tuple(
        GroupView(
            name=group.name,
            grants=tuple(map(grant_text, group.grants)),
            members=tuple(a.name for a in accounts if group.name in a.groups),
        )
        for group in app.store.groups()
    )


def put_group(app: Application, who: Principal, name: str, grants: Iterable[Grant]) -> GroupView:
    """Adds or replaces what a group grants. Raises UsageError."""
    require(who, Permission.ADMIN)
    require_fresh(app, who)
    group = Group(name=checked_name(name), grants=tuple(grants), created=app.clock.now(), created_by=who.name)
    with app.store.transaction():
        if len(app.store.groups()) >= MOST:
            raise UsageError(f"There are {MOST} groups.", "Remove some that nobody is in.")
        app.store.put_group(group)
        note(app, who, "group.put", name, ", ".join(map(grant_text, group.grants)))
    return next(g for g in list_groups(app, who) if g.name == name)


def remove_group(app: Application, who: Principal, name: str) -> None:
    """Its members have what it granted no more. Raises NotFoundError."""
    require(who, Permission.ADMIN)
    with app.store.transaction():
        if all(group.name != name for group in app.store.groups()):
            raise NotFoundError(f"There is no group {name[:64]!r}.", "`periderm group list` names those that there are.")
        for account in app.store.accounts():
            if name in account.groups:
                left = tuple(g for g in account.groups if g != name)
                app.store.put_account(msgspec.structs.replace(account, groups=left))
        app.store.remove_group(name)
        note(app, who, "group.remove", name)


def view(app: Application, account: Account, *, sessions: int = 0, tokens: int = 0) -> AccountView:
    """Without its secrets."""
    return AccountView(
        name=account.name,
        kind=account.kind,
        full_name=account.full_name,
        grants=tuple(map(grant_text, account.grants)),
        groups=account.groups,
        rights=tuple(map(grant_text, grants_of(app, account))),
        disabled=account.disabled,
        has_password=bool(account.password),
        has_codes=bool(account.totp),
        recovery_left=len(account.recovery),
        created=account.created,
        created_by=account.created_by,
        signed_in=account.signed_in,
        sessions=sessions,
        tokens=tokens,
    )


def _rights(account: Account) -> str:
    parts = [*map(grant_text, account.grants), *(f"group {g}" for g in account.groups)]
    return (", ".join(parts) or "no rights") + (" (disabled)" if account.disabled else "")


def _check_groups(app: Application, names: Sequence[str]) -> None:
    known = {group.name for group in app.store.groups()}
    for name in names:
        if name not in known:
            raise UsageError(f"There is no group {name[:64]!r}.", "`periderm group put` makes one.")


def _short(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST:
        raise UsageError("The full name is too long.", f"Use at most {LONGEST} characters.")
    return text


def _missing(name: str) -> NoReturn:
    raise NotFoundError(f"There is no account {name[:64]!r}.", "`periderm user list` names those that there are.")
