"""Who answers for what: tables from elsewhere, imported once or fetched again and again, and rules that people write here; what
each would change, and what stays without an owner."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.confirming import require_confirmed
from periderm.app.destination_rights import check_source
from periderm.correlate.coverage import gap_id
from periderm.flow.fetch_owners import FetchOwners, checked, digest_of, table_asset
from periderm.flow.own_assets import Moved, Owned, own_assets
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.gap import GapKind
from periderm.model.networks import network_of
from periderm.model.owner_table import FOR, GIVES, LONGEST_CELL, RULES, OwnerRow, OwnerSource, OwnerTable
from periderm.model.principal import Permission, Principal

LONGEST_NAME = 100
MOST_RULES = 1_000
LEAST_EVERY, MOST_EVERY = 60, 30 * 86_400
COLUMNS = (*FOR, *GIVES)
_REFERENCE = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]{0,199}|file:/[^\0\n]{1,4000})")


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a table or the rules did, or would do: `changed` of `assets` got an owner, application, environment or grade from
    it, the first of them `moved`; `without` running containers and nodes still have no owner or application."""

    table: str
    rows: int
    assets: int = 0
    changed: int = 0
    without: int = 0
    dry: bool = False
    moved: tuple[Moved, ...] = ()
    same: bool = False  # it was fetched, and is as it was


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """The rules in their order; `state` names it, so that whoever changes one says which he saw."""

    rows: tuple[OwnerRow, ...] = ()
    state: str = ""
    changed: int = 0
    author: str = ""


def rows_of(data: bytes, renamed: Mapping[str, str] | None = None) -> Sequence[OwnerRow]:
    """The rows of a table in CSV; `renamed`: our name of a column to theirs. Raises FormatError with the line."""
    from periderm.formats.owner_table import parse

    return parse(data, renamed)


def import_owners(
    app: Application,
    who: Principal,
    name: str,
    rows: Sequence[OwnerRow],
    *,
    source: str = "",
    dry: bool = False,
    fetch: OwnerSource | None = None,
    typed: str = "",
) -> Imported:
    """Takes the place of the table of that name, and tells all assets. With `fetch` the server asks for it again by itself:
    only the machine's owner, or an administrator who proved lately who he is, has it speak to an address; `typed` is the
    reference of a token that was typed just now. With `dry` nothing changes. Raises UsageError, DeniedError."""
    require(who, Permission.READ if dry else Permission.POLICY)
    table = OwnerTable(
        id=named(name),
        source=source[:500],
        imported=app.clock.now(),
        author=who.name,
        rows=tuple(rows),
        fetch=checked_source(app, who, fetch, _fetched(app, name), typed=typed) if fetch is not None else None,
    )
    if table.id == RULES:
        raise UsageError(f"{RULES!r} are the rules that people write here.", "Choose another name.")
    checked([*(each for each in app.store.owner_tables() if each.id != table.id), table])
    if not dry:
        with app.store.transaction():
            app.store.put_owner_table(table)
            note(app, who, "owners.import", table.id, f"{len(table.rows)} rows from {source}"[:500])
    return _applied(app, table, dry=dry)


def fetch_owners(app: Application, who: Principal, name: str) -> Imported:
    """Asks for a table now. Raises NotFoundError, and what fetching raises."""
    require(who, Permission.POLICY)
    table = app.store.owner_table(name)
    if table is None or table.fetch is None:
        raise NotFoundError(f"No table {name[:80]!r} is fetched.", "`periderm owners` lists them.")
    if app.owner_documents is None:
        raise DeniedError("This process fetches nothing.", "Use the command line on the server's machine, or the server's API.")
    with app.store.transaction():
        note(app, who, "owners.fetch", table.id, table.fetch.address)
    found = FetchOwners(app.store, app.clock, app.owner_documents).fetch(table)
    now = app.store.owner_table(name) or table
    return _told(Imported(table=name, rows=len(now.rows), same=found is None), found)


def list_owner_tables(app: Application, who: Principal) -> Sequence[OwnerTable]:
    """All that were imported, with their rows."""
    require(who, Permission.READ)
    return [each for each in app.store.owner_tables() if each.id != RULES]


def remove_owner_table(app: Application, who: Principal, name: str) -> None:
    """It tells nothing from now on; what it told stays until the assets are told of anew. Raises NotFoundError."""
    require(who, Permission.POLICY)
    old = app.store.owner_table(name)
    with app.store.transaction():
        if name == RULES or not app.store.remove_owner_table(name):
            raise NotFoundError(f"There is no table {name[:80]!r}.", "`periderm owners` lists them.")
        app.store.close_gap(gap_id(GapKind.OWNERS_OLD, table_asset(name)))
        note(app, who, "owners.remove", name)
    if old is not None and old.fetch is not None and old.fetch.token and app.secrets is not None:
        app.secrets.forget(old.fetch.token)


def owner_rules(app: Application, who: Principal) -> Rules:
    """The rules that people wrote, the first one first."""
    require(who, Permission.READ)
    found = app.store.owner_table(RULES)
    if found is None:
        return Rules(state=digest_of(()))
    return Rules(rows=found.rows, state=digest_of(found.rows), changed=found.imported, author=found.author)


def set_owner_rules(
    app: Application, who: Principal, rows: Sequence[OwnerRow], *, state: str = "", dry: bool = False
) -> Imported:
    """In place of those that there are, and tells all assets. `state` is what was seen before ('' does not ask). With `dry`
    nothing changes. Raises UsageError; also if somebody changed them since."""
    require(who, Permission.READ if dry else Permission.POLICY)
    for number, row in enumerate(rows, 1):
        _check_rule(row, number)
    if len(rows) > MOST_RULES:
        raise UsageError(f"{len(rows)} rules are too many, at most {MOST_RULES}.", "Import a table for what is that large.")
    with app.store.transaction():
        before = owner_rules(app, who)
        if state and state != before.state:
            raise UsageError("The rules were changed meanwhile.", "Look at them again.")
        table = OwnerTable(id=RULES, imported=app.clock.now(), author=who.name, rows=tuple(rows))
        if not dry:
            app.store.put_owner_table(table)
            note(app, who, "owners.rules", RULES, f"{len(rows)} rules, {len(before.rows)} before")
    return _applied(app, table, dry=dry)


def add_owner_rule(app: Application, who: Principal, row: OwnerRow, *, first: bool = False, dry: bool = False) -> Imported:
    """One more, behind the others or before them. Raises UsageError."""
    before = owner_rules(app, who)
    rows = (row, *before.rows) if first else (*before.rows, row)
    return set_owner_rules(app, who, rows, state=before.state, dry=dry)


def remove_owner_rule(app: Application, who: Principal, number: int, *, state: str = "", dry: bool = False) -> Imported:
    """The rule of that number, the first is 1. Raises NotFoundError."""
    before = owner_rules(app, who)
    if not 1 <= number <= len(before.rows):
        raise NotFoundError(f"There is no rule {number}.", "`periderm owners rules` numbers them.")
    rows = before.rows[: number - 1] + before.rows[number:]
    return set_owner_rules(app, who, rows, state=state or before.state, dry=dry)


# --- what these use ---


def _applied(app: Application, table: OwnerTable, *, dry: bool) -> Imported:
    others = [each for each in app.store.owner_tables() if each.id != table.id]
    found = own_assets(app.store, checked([*others, table]), table.imported, dry=dry)
    return _told(Imported(table=table.id, rows=len(table.rows), dry=dry), found)


def _told(made: Imported, found: Owned | None) -> Imported:
    if found is None:
        return made
    return msgspec.structs.replace(made, assets=found.assets, changed=found.changed, without=found.without, moved=found.moved)


def named(name: str) -> str:
    """The name of a table as it is kept. Raises UsageError."""
    if not name.isprintable() or not 0 < len(name.strip()) <= LONGEST_NAME:
        raise UsageError(f"A table's name has 1 to {LONGEST_NAME} characters.", "Name it, like --name cmdb.")
    return name.strip()


def _check_rule(row: OwnerRow, number: int) -> None:
    """Raises UsageError."""
    cells = [*(getattr(row, name) for name in FOR), *(str(getattr(row.ownership, name)) for name in GIVES)]
    if not any(cells[: len(FOR)]) or not any(cells[len(FOR) :]):
        raise UsageError(
            f"Rule {number} does not say for what it is, or whose that is.",
            f"Fill one of {', '.join(FOR)}, and one of {', '.join(GIVES)}.",
        )
    if any(len(cell) > LONGEST_CELL or not cell.isprintable() for cell in cells):
        raise UsageError(f"Rule {number} holds what is too long or cannot be shown.", f"Use at most {LONGEST_CELL} characters.")
    if row.label and "=" not in row.label:
        raise UsageError(f"Rule {number}: a label is KEY=VALUE.", "Write it like team=shop or tier=*.")


def _fetched(app: Application, name: str) -> OwnerSource | None:
    old = app.store.owner_table(named(name))
    return old.fetch if old is not None else None


def checked_source(
    app: Application, who: Principal, source: OwnerSource, old: OwnerSource | None, *, typed: str = ""
) -> OwnerSource:
    """As it is kept. `old` is whence the table came before, `typed` the reference of a secret that was typed just now. Raises
    UsageError, DeniedError."""
    if not who.may(Permission.MACHINE):
        require_confirmed(app, who)
        check_source(source, old, typed)
    if not source.address.startswith("https://") and not source.networks:
        raise UsageError("A table is fetched from an https address.", "Give one, or allow its network if it is your own.")
    if not source.address.startswith(("https://", "http://")) or not source.address.isprintable() or len(source.address) > 2000:
        raise UsageError("That is no address.", "Give one that begins with https://.")
    if not LEAST_EVERY <= source.every <= MOST_EVERY:
        raise UsageError(f"A table is fetched every {LEAST_EVERY} s to 30 days.", "Give --every 1h.")
    if source.token and not _REFERENCE.fullmatch(source.token):
        raise UsageError("Its token is no reference.", "Write env:NAME or file:/PATH: where the server finds it.")
    for name in source.networks:
        network_of(name)
    if unknown := [name for name in source.columns if name not in COLUMNS]:
        raise UsageError(f"There is no column {unknown[0][:80]!r}.", f"Ours are {', '.join(COLUMNS)}.")
    return msgspec.structs.replace(source, etag="", tried=app.clock.now(), good=app.clock.now(), failing=0, failure="")
