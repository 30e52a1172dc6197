"""The part of `/api/v1` about people, tokens, sessions and the audit log. Parses and asks `app`; gives out no stored secret."""

from __future__ import annotations

import msgspec

from periderm.app import accounts, audit, credentials, tokens
from periderm.app.accounts import AccountView, Changes, GroupView
from periderm.app.grants import grant_of, permission_of, reach_of
from periderm.model.account import Account, ApiToken, Kind, SignedIn
from periderm.model.audit import AuditCheck, AuditEntry
from periderm.model.principal import Permission
from periderm.server import filters as f
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1, listing

_EVERY = f.Parameter("every", "`yes`: of all, for administrators.", choices=("yes",))
_EXPECT = f.Parameter("expect", "`NUMBER:DIGEST`, as an earlier check gave it.", pattern="^[0-9]{1,18}:[0-9a-f]{64}$")


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of an addition. `roles` as 'responder@application=shop'."""

    name: str
    kind: Kind = Kind.PERSON
    full_name: str = ""
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class AccountChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a change; what is not given stays."""

    full_name: str | None = None
    roles: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    disabled: bool | None = None


class NewGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a group."""

    name: str
    roles: tuple[str, ...] = ()


class NewToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a token: of which account, for what, what it may, in which part, for how long."""

    account: str
    name: str
    may: tuple[str, ...] = ("read",)
    part: str = ""
    days: int = 90


class MadeToken(msgspec.Struct, frozen=True):
    """The secret is shown this once."""

    token: ApiToken
    secret: str


class Invitation(msgspec.Struct, frozen=True):
    """A link that lets a person in once, within a day."""

    link: str


class EndedSessions(msgspec.Struct, frozen=True):
    """How many there were."""

    ended: int


class Checked(msgspec.Struct, frozen=True):
    """Whether the log is whole, and what to keep elsewhere for the next check."""

    check: AuditCheck
    anchor: str


def _add(call: Call) -> AccountView:
    given: NewAccount = decode_body(call, NewAccount)
    grants = tuple(map(grant_of, given.roles))
    wanted = Account(name=given.name, kind=given.kind, full_name=given.full_name, grants=grants, groups=given.groups)
    return accounts.add_account(call.app, call.who, wanted)


def _change(call: Call) -> AccountView:
    given: AccountChange = decode_body(call, AccountChange)
    grants = tuple(map(grant_of, given.roles)) if given.roles is not None else None
    changes = Changes(full_name=given.full_name, grants=grants, groups=given.groups, disabled=given.disabled)
    return accounts.change_account(call.app, call.who, call.path["id"], changes)


def _group(call: Call) -> GroupView:
    given: NewGroup = decode_body(call, NewGroup)
    return accounts.put_group(call.app, call.who, given.name, map(grant_of, given.roles))


def _token(call: Call) -> MadeToken:
    given: NewToken = decode_body(call, NewToken)
    may: list[Permission] = [permission_of(text) for text in given.may]
    reach = reach_of(given.part)
    secret, token = tokens.new_token(call.app, call.who, given.account, given.name, may, days=given.days, reach=reach)
    return MadeToken(token, secret)


def _every(call: Call) -> bool:
    return f.values_from(call.query, (_EVERY,)).get("every", "") == "yes"


def _verify(call: Call) -> Checked:
    found = audit.verify(call.app, call.who, str(f.values_from(call.query, (_EXPECT,)).get("expect", "")))
    return Checked(found, audit.anchor_of(found.last) if found.last is not None else "")


PEOPLE: tuple[Endpoint, ...] = (
    listing(
        "audit",
        "Who did what, the latest first; for administrators.",
        AuditEntry,
        audit.list_audit,
        f.Parameter("kind", "Only this action, or with a dot at its end all that begin so (`session.`)."),
        f.Parameter("text", "Part of any field; case does not matter."),
        f.Parameter("since", "Unix nanoseconds.", "integer"),
        f.Parameter("until", "Unix nanoseconds.", "integer"),
        common=f.PAGING,
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/audit-check",
        summary="Whether the audit log is whole: walks all of it.",
        handle=_verify,
        answer=Checked,
        parameters=(_EXPECT,),
        tag="audit",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/people",
        summary="Accounts of people and services, by name, without their secrets.",
        handle=lambda call: accounts.list_accounts(call.app, call.who),
        answer=tuple[AccountView, ...],
        tag="people",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/people",
        summary="Add an account; it has no password: a person is let in by a link, a service by a token.",
        handle=_add,
        answer=AccountView,
        body=NewAccount,
        status=201,
        tag="people",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/people/{{id}}",
        summary="One account.",
        handle=lambda call: accounts.show_account(call.app, call.who, call.path["id"]),
        answer=AccountView,
        tag="people",
    ),
    Endpoint(
        method="PATCH",
        path=f"{V1}/people/{{id}}",
        summary="Change what an account may, or shut it out; its sessions end when it is disabled.",
        handle=_change,
        answer=AccountView,
        body=AccountChange,
        tag="people",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/people/{{id}}",
        summary="Remove an account with its tokens and sessions.",
        handle=lambda call: accounts.remove_account(call.app, call.who, call.path["id"]),
        status=204,
        tag="people",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/people/{{id}}/link",
        summary="A link that lets a person in once, within a day.",
        handle=lambda call: Invitation(accounts.invite(call.app, call.who, call.path["id"])),
        answer=Invitation,
        status=201,
        tag="people",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/people/{{id}}/reset",
        summary="Take password and one-time codes of an account away, and end its sessions; a link lets the person in again.",
        handle=lambda call: accounts.clear_credentials(call.app, call.who, call.path["id"]),
        status=204,
        tag="people",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/people/{{id}}/sign-ins",
        summary="End all sessions of an account, or of the machine's owner (`local`).",
        handle=lambda call: EndedSessions(credentials.end_sessions_of(call.app, call.who, call.path["id"])),
        answer=EndedSessions,
        tag="people",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/groups",
        summary="Groups, what they grant, and who is in them.",
        handle=lambda call: accounts.list_groups(call.app, call.who),
        answer=tuple[GroupView, ...],
        tag="people",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/groups",
        summary="Add a group, or say anew what it grants.",
        handle=_group,
        answer=GroupView,
        body=NewGroup,
        status=201,
        tag="people",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/groups/{{id}}",
        summary="Remove a group; its members have what it granted no more.",
        handle=lambda call: accounts.remove_group(call.app, call.who, call.path["id"]),
        status=204,
        tag="people",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/tokens",
        summary="One's own tokens, without their secrets.",
        handle=lambda call: list(tokens.list_tokens(call.app, call.who, every=_every(call))),
        answer=list[ApiToken],
        parameters=(_EVERY,),
        tag="people",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/tokens",
        summary="Make a token for one's own account, or as an administrator for any; its secret is in this answer only. "
        "Asks for a proof in the last 15 minutes (`/account/confirm`); a token makes none.",
        handle=_token,
        answer=MadeToken,
        body=NewToken,
        status=201,
        tag="people",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/tokens/{{id}}",
        summary="Take a token back.",
        handle=lambda call: tokens.revoke_token(call.app, call.who, call.path["id"]),
        status=204,
        tag="people",
    ),
    Endpoint(
        method="GET",
        path=f"{V1}/sign-ins",
        summary="One's own sessions, the latest seen first.",
        handle=lambda call: list(credentials.list_sessions(call.app, call.who, every=_every(call))),
        answer=list[SignedIn],
        parameters=(_EVERY,),
        tag="people",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/sign-ins/{{id}}",
        summary="End a session: one's own, or as an administrator any.",
        handle=lambda call: credentials.end_session(call.app, call.who, call.path["id"]),
        status=204,
        tag="people",
    ),
)
