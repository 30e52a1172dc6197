"""People and what they may do, who is signed in, and the audit log: for administrators."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app import accounts, audit, credentials, tokens
from periderm.app.accounts import Changes
from periderm.app.confirming import confirmed
from periderm.app.grants import grant_of
from periderm.console.filtering import skipped
from periderm.console.pages.plain import own_password
from periderm.console.render import Ask, render
from periderm.console.searching import narrowed
from periderm.model.account import Account, Grant, Kind, Role
from periderm.model.audit import AuditEntry
from periderm.model.query import Page, Query
from periderm.model.search import Family

MOST_ENTRIES = 100
Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /people"""
    return _people(ask)


def sign_ins(ask: Ask) -> str:
    """GET /sign-ins"""
    found = credentials.list_sessions(ask.app, ask.person, every=True)
    return render("sign_ins.html", ask, sessions=found, tokens=tokens.list_tokens(ask.app, ask.person, every=True))


def log(ask: Ask) -> str:
    """GET /audit"""
    text, kind, cursor = (ask.query.get(name, "")[:200] for name in ("text", "kind", "cursor"))
    skip = 0 if cursor else skipped(ask.query)
    given = Query(text=text, kind=kind, cursor=cursor, skip=skip, limit=MOST_ENTRIES)
    query, more = narrowed(ask, given, Family.AUDIT, "audit")
    found: Page[AuditEntry] = audit.list_audit(ask.app, ask.person, query if more["wrong"] is None else given)
    checked = audit.verify(ask.app, ask.person) if ask.query.get("check") else None
    anchor = audit.anchor_of(checked.last) if checked is not None and checked.last is not None else ""
    return render("audit.html", ask, page=found, text=text, kind=kind, checked=checked, anchor=anchor, **more)


def add_from(ask: Ask, form: Form) -> str:
    """Adds an account, and shows the link that lets a person in."""
    name = _one(form, "name")
    kind = Kind.SERVICE if _one(form, "kind") == Kind.SERVICE.value else Kind.PERSON
    made = Account(name=name, kind=kind, full_name=_one(form, "full_name"), grants=_grants(form), groups=_groups(form))
    accounts.add_account(ask.app, ask.person, made)
    return _people(ask, name=name, link=accounts.invite(ask.app, ask.person, name) if kind is Kind.PERSON else "")


def link_from(ask: Ask, _: Form) -> str:
    """Shows a link that lets a person in again."""
    name = ask.parts["id"]
    return _people(ask, name=name, link=accounts.invite(ask.app, ask.person, name))


def change_from(ask: Ask, form: Form) -> str:
    """Changes what an account may."""
    changes = Changes(grants=_grants(form), groups=_groups(form))
    accounts.change_account(ask.app, ask.person, ask.parts["id"], changes)
    return "/people"


def disable_from(ask: Ask, form: Form) -> str:
    """Shuts an account out, or lets it in again."""
    accounts.change_account(ask.app, ask.person, ask.parts["id"], Changes(disabled=_one(form, "disabled") == "yes"))
    return "/people"


def reset_from(ask: Ask, _: Form) -> str:
    """Takes a password and codes away."""
    accounts.clear_credentials(ask.app, ask.person, ask.parts["id"])
    return "/people"


def remove_from(ask: Ask, _: Form) -> str:
    """Removes an account."""
    accounts.remove_account(ask.app, ask.person, ask.parts["id"])
    return "/people"


def group_from(ask: Ask, form: Form) -> str:
    """Adds a group, or says anew what it grants."""
    accounts.put_group(ask.app, ask.person, _one(form, "name"), _grants(form))
    return "/people#groups"


def remove_group_from(ask: Ask, _: Form) -> str:
    """Removes a group."""
    accounts.remove_group(ask.app, ask.person, ask.parts["id"])
    return "/people#groups"


def end_from(ask: Ask, _: Form) -> str:
    """Ends somebody's session."""
    credentials.end_session(ask.app, ask.person, ask.parts["id"])
    return "/sign-ins"


def end_all_from(ask: Ask, _: Form) -> str:
    """Ends all sessions of an account."""
    credentials.end_sessions_of(ask.app, ask.person, ask.parts["id"])
    return "/people"


def revoke_from(ask: Ask, _: Form) -> str:
    """Takes anybody's token back."""
    tokens.revoke_token(ask.app, ask.person, ask.parts["id"])
    return "/sign-ins#tokens"


def _people(ask: Ask, *, name: str = "", link: str = "") -> str:
    return render(
        "people.html",
        ask,
        people=accounts.list_accounts(ask.app, ask.person),
        groups=accounts.list_groups(ask.app, ask.person),
        roles=tuple(Role),
        made=name,
        link=link,
        confirmed=confirmed(ask.app, ask.person),
        owner=not own_password(ask),
    )


def _grants(form: Form) -> tuple[Grant, ...]:
    """Rights, one in a line."""
    lines = (line.strip() for text in form.get("roles", []) for line in text.splitlines())
    return tuple(dict.fromkeys(grant_of(line) for line in lines if line))


def _groups(form: Form) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for text in form.get("groups", []) for word in text.replace(",", " ").split()))


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0].strip()
