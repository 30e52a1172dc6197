"""Who answers for what: rules, tables from elsewhere, what they matched and what has nobody; each change is shown before it is
made."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from periderm.app.confirming import confirmed
from periderm.app.owner_sources import owners_state, schedule_owners, shown_source, what_matches
from periderm.app.owners import (
    COLUMNS,
    Imported,
    fetch_owners,
    import_owners,
    owner_rules,
    remove_owner_rule,
    remove_owner_table,
    rows_of,
    set_owner_rules,
)
from periderm.console.pages.plain import own_password
from periderm.console.render import Ask, render
from periderm.model.errors import FormatError, UsageError
from periderm.model.owner_table import FOR, GIVES, OwnerSource, owner_row
from periderm.model.principal import Permission

MOST_TYPED = 1 << 20  # bytes of a table that a browser sends; larger ones go by the API or the command line
Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /owners"""
    return _page(ask)


def import_from(ask: Ask, form: Form) -> str:
    """A table that was chosen or typed: what it would change, or done."""
    table = _one(form, "file") or _one(form, "table")
    if len(table.encode()) > MOST_TYPED:
        raise UsageError(f"The table is larger than {MOST_TYPED >> 20} MiB.", "Use `periderm owners import`, or the API.")
    rows, dry = rows_of(table.encode()), _dry(form)
    if not rows:
        raise FormatError("The table has no rows.", "Choose a file, or paste a table with its head.")
    done = import_owners(ask.app, ask.person, _one(form, "name"), rows, source="console", dry=dry)
    return _page(ask, done=done, again="import", typed={"name": done.table, "table": table if dry else ""})


def schedule_from(ask: Ask, form: Form) -> str:
    """A table that lies elsewhere: what it would change, or done."""
    dry, every = _dry(form), _one(form, "minutes")
    if not (every.isascii() and every.isdigit() and len(every) < 6):
        raise UsageError("The minutes are not a number.", "Give how often it is fetched, like 60.")
    columns = dict(_pair(word) for word in _one(form, "columns").split())
    source = OwnerSource(
        address=_one(form, "address"), every=int(every) * 60, columns=columns, networks=tuple(_one(form, "networks").split())
    )
    done = schedule_owners(ask.app, ask.person, _one(form, "name"), source, secret=_one(form, "secret"), dry=dry)
    typed = {name: _one(form, name) for name in ("name", "address", "minutes", "columns", "networks")} if dry else {}
    return _page(ask, done=done, again="schedule", typed=typed)


def rule_from(ask: Ask, form: Form) -> str:
    """One more rule, before the others or behind them: what it would change, or done."""
    cells = {name: _one(form, name).strip() for name in (*FOR, *GIVES)}
    before, row = owner_rules(ask.app, ask.person), owner_row(cells)
    rows = (row, *before.rows) if _one(form, "first") else (*before.rows, row)
    done = set_owner_rules(ask.app, ask.person, rows, state=_one(form, "state"), dry=_dry(form))
    return _page(ask, done=done, again="rules", typed={**cells, "first": _one(form, "first")} if done.dry else {})


def remove_rule_from(ask: Ask, form: Form) -> str:
    """Takes a rule out, of those that were seen."""
    number = _one(form, "number")
    remove_owner_rule(
        ask.app,
        ask.person,
        int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0,
        state=_one(form, "state"),
    )
    return "/owners#rules"


def fetch_from(ask: Ask, form: Form) -> str:
    """Asks for a table now."""
    fetch_owners(ask.app, ask.person, _one(form, "name"))
    return f"/owners?table={quote(_one(form, 'name'))}"


def remove_from(ask: Ask, form: Form) -> str:
    """It tells nothing any more."""
    remove_owner_table(ask.app, ask.person, _one(form, "name"))
    return "/owners"


def _page(ask: Ask, done: Imported | None = None, again: str = "", typed: Mapping[str, str] | None = None) -> str:
    named = ask.query.get("table", "")
    return render(
        "owners.html",
        ask,
        state=owners_state(ask.app, ask.person),
        matched=what_matches(ask.app, ask.person, named) if named else None,
        rules=owner_rules(ask.app, ask.person),
        done=done,
        again=again,
        typed=typed or {},
        bare=shown_source,
        known=COLUMNS,
        fors=FOR,
        gives=GIVES,
        may=ask.person.may(Permission.POLICY),
        schedules=ask.person.may(Permission.ADMIN),
        confirmed=confirmed(ask.app, ask.person),
        owner=not own_password(ask),
    )


def _pair(word: str) -> tuple[str, str]:
    ours, equal, theirs = word.partition("=")
    if not equal or ours not in COLUMNS or not theirs:
        raise UsageError(f"{word[:80]!r} is not OURS=THEIRS.", f"Ours are {', '.join(COLUMNS)}.")
    return ours, theirs


def _dry(form: Form) -> bool:
    """Whatever does not say that it is to be done is a trial."""
    return _one(form, "step") != "do"


def _one(form: Form, name: str) -> str:
    return form.get(name, [""])[0]
