"""The part of `/api/v1` about whoever asks: what they may, and for a person in a session: password, one-time codes, saying
again who they are. Parses and asks `app`; a token gets nothing of it but what it may."""

from __future__ import annotations

import msgspec

from periderm.app import accounts, confirming, credentials
from periderm.app.accounts import AccountView
from periderm.app.credentials import Codes
from periderm.app.grants import reach_text
from periderm.model.errors import DeniedError
from periderm.model.principal import Permission, Reach
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1


class Right(msgspec.Struct, frozen=True):
    """A permission, and the part that it holds for ('' for everything)."""

    permission: Permission
    part: str = ""


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and what they may. `account` is None for programs and the machine's owner; `confirmed` whether a proof of who
    they are is young enough for what asks for one."""

    name: str
    rights: tuple[Right, ...]
    confirmed: bool
    account: AccountView | None = None


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body by which a person says again who they are; `code` is a one-time or recovery code, where the account has them."""

    password: str
    code: str = ""


class NewPassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a new password; `current` is asked for if there is one."""

    new: str
    current: str = ""


class FirstCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body with the first code of a new secret."""

    code: str


class EndCodes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body that switches codes off."""

    password: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Told this once: each stands in for a one-time code once."""

    recovery: tuple[str, ...]


def _who(call: Call) -> WhoAmI:
    who = call.who
    try:
        own = accounts.view(call.app, credentials.own_account(call.app, who))
    except DeniedError:
        own = None
    scope = who.scope or tuple((p, Reach()) for p in sorted(who.permissions))
    rights = tuple(Right(p, reach_text(reach)) for p, reach in scope)
    return WhoAmI(name=who.name, rights=rights, confirmed=confirming.confirmed(call.app, who), account=own)


def _confirm(call: Call) -> None:
    given: Proof = decode_body(call, Proof)
    confirming.confirm(call.app, call.who, given.password, given.code)


def _password(call: Call) -> None:
    given: NewPassword = decode_body(call, NewPassword)
    credentials.set_password(call.app, call.who, given.new, given.current, session=call.who.session)


def _first_code(call: Call) -> RecoveryCodes:
    given: FirstCode = decode_body(call, FirstCode)
    return RecoveryCodes(credentials.confirm_codes(call.app, call.who, given.code))


def _end_codes(call: Call) -> None:
    given: EndCodes = decode_body(call, EndCodes)
    credentials.end_codes(call.app, call.who, given.password)


ACCOUNT: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/account",
        summary="Who asks, and what they may.",
        handle=_who,
        answer=WhoAmI,
        tag="account",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/account/confirm",
        summary="Say again who you are, in a session; it holds for 15 minutes, and some changes ask for it.",
        handle=_confirm,
        body=Proof,
        status=204,
        tag="account",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/account/password",
        summary="Set one's own password; all other sessions end.",
        handle=_password,
        body=NewPassword,
        status=204,
        tag="account",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/account/codes",
        summary="A new secret of one-time codes; it counts once a code of it is given.",
        handle=lambda call: credentials.begin_codes(call.app, call.who),
        answer=Codes,
        status=201,
        tag="account",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/account/codes/confirm",
        summary="Switch one-time codes on by the first code; the recovery codes are in the answer, this once.",
        handle=_first_code,
        answer=RecoveryCodes,
        body=FirstCode,
        tag="account",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/account/codes/end",
        summary="Switch one-time codes off.",
        handle=_end_codes,
        body=EndCodes,
        status=204,
        tag="account",
    ),
)
