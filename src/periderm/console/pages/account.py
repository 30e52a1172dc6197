"""One's own account: what one may, password, one-time codes, tokens, sessions."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app import accounts, credentials, tokens
from periderm.app.confirming import confirmed
from periderm.app.grants import permission_of, reach_of
from periderm.console.render import Ask, render
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import Permission

Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /account"""
    return _account(ask)


def password_from(ask: Ask, form: Form) -> str:
    """Sets the password; every session ends, so that the new one is tried at once."""
    new, again = _one(form, "new"), _one(form, "again")
    if new != again:
        raise UsageError("The two new passwords are not the same.", "Go back and type it again.")
    credentials.set_password(ask.app, ask.person, new, _one(form, "current"))
    return "/sign-in"


def begin_codes_from(ask: Ask, _: Form) -> str:
    """Makes a secret of one-time codes."""
    credentials.begin_codes(ask.app, ask.person)
    return "/account#codes"


def confirm_codes_from(ask: Ask, form: Form) -> str:
    """Switches codes on, and shows the recovery codes this once."""
    return _account(ask, recovery=credentials.confirm_codes(ask.app, ask.person, _one(form, "code")))


def end_codes_from(ask: Ask, form: Form) -> str:
    """Switches codes off."""
    credentials.end_codes(ask.app, ask.person, _one(form, "password"))
    return "/account#codes"


def token_from(ask: Ask, form: Form) -> str:
    """Makes a token, and shows its secret this once."""
    account = credentials.own_account(ask.app, ask.person)
    days = _one(form, "days")
    if not (days.isascii() and days.isdigit() and len(days) < 5):
        raise UsageError("The days of a token are not a number.", "Give 1 to 366.")
    may = [permission_of(text) for text in form.get("may", [])]
    secret, _ = tokens.new_token(
        ask.app, ask.person, account.name, _one(form, "name"), may, days=int(days), reach=reach_of(_one(form, "part"))
    )
    return _account(ask, secret=secret)


def revoke_from(ask: Ask, _: Form) -> str:
    """Takes a token back."""
    tokens.revoke_token(ask.app, ask.person, ask.parts["id"])
    return "/account#tokens"


def end_from(ask: Ask, _: Form) -> str:
    """Ends a session of one's own."""
    credentials.end_session(ask.app, ask.person, ask.parts["id"])
    return "/account#sign-ins"


def end_others_from(ask: Ask, _: Form) -> str:
    """Ends all other sessions of one's own."""
    credentials.end_other_sessions(ask.app, ask.person)
    return "/account#sign-ins"


def _account(ask: Ask, *, recovery: tuple[str, ...] = (), secret: str = "") -> str:
    try:
        own = credentials.own_account(ask.app, ask.person)
    except DeniedError:
        own = None
    waiting = credentials.waiting_codes(ask.app, ask.person) if own is not None else None
    return render(
        "account.html",
        ask,
        code=_drawn(waiting.picture) if waiting is not None else None,
        own=accounts.view(ask.app, own) if own is not None else None,
        waiting=waiting,
        recovery=recovery,
        secret=secret,
        tokens=tokens.list_tokens(ask.app, ask.person),
        sessions=credentials.list_sessions(ask.app, ask.person),
        grantable=[p for p in (Permission.READ, Permission.RESPOND, Permission.POLICY, Permission.ADMIN) if ask.person.may(p)],
        confirmed=confirmed(ask.app, ask.person),
        administers=ask.person.may(Permission.ADMIN),
    )


def _drawn(rows: tuple[str, ...]) -> tuple[int, str] | None:
    """A QR code as (its side with the quiet zone, a path of its dark modules); None where there is none."""
    dark = [(row, column) for row, line in enumerate(rows) for column, module in enumerate(line) if module == "1"]
    return (len(rows) + 8, "".join(f"M{c + 4} {r + 4}h1v1h-1z" for r, c in dark)) if rows else None


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
