"""An understood search as SQL over one family's table. Which rows it is held against is in `searched.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

from sqlalchemy import Column, ColumnElement, Select, Table, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.asset_words import assets_named, named
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.pages import sought
from periderm.adapters.store_sql.runs import is_running
from periderm.adapters.store_sql.schema_handlings import handlings
from periderm.model.errors import UsageError
from periderm.model.search import Compare, Condition, Either, Every, Match, Not, Word

Columns: TypeAlias = "ReadOnlyColumnCollection[str, Column[Any]]"
Test = Callable[[Columns, Match], ColumnElement[bool]]
OWNED = ("owner", "application", "environment", "grade", "label")
WHOLE = ("id", "detector", "cve", "assignee", "state")  # an index leads to these if no star is in the value
PLACED = ("asset", "container", "node", "workload")


def condition(what: str, table: Table, wanted: Condition) -> ColumnElement[bool]:
    """Over the table of a family, which `what` names. Raises UsageError for a field that this family does not have: ignoring
    it would lie."""
    match wanted:
        case Word(text=text):
            return table.c.search.contains(sought(text), autoescape=True)
        case Match():
            return test_of(what, wanted)(table.c, wanted)
        case Not(of=inner):
            return not_(condition(what, table, inner))
        case Every(of=several):
            return and_(true(), *(condition(what, table, one) for one in several))
        case Either(of=several):
            return or_(false(), *(condition(what, table, one) for one in several))
        case _:
            assert_never(wanted)


def test_of(what: str, wanted: Match) -> Test:
    """How this family is held against a field. Raises UsageError."""
    found = _TESTS.get(what, {}).get(wanted.field)
    if found is None:
        raise UsageError(f"A list of {what}s cannot be searched by `{wanted.field}`.", "Leave that field out.")
    return found


def indexed(table: Table, wanted: Condition) -> bool:
    """Whether an index leads to the rows that fit, so that few of them are found without looking at all."""
    if not isinstance(wanted, Match):
        return False
    if wanted.field in ("severity", "state", "detector") and not has_index(table, wanted.field):
        return False
    if wanted.field == "severity":  # the worst are few, and first in their index
        return wanted.compare in (Compare.IS, Compare.LEAST, Compare.MORE)
    if wanted.compare is not Compare.IS:
        return False
    if any(value.startswith("*") for value in wanted.values):
        return False
    whole = not any("*" in value for value in wanted.values)
    return wanted.field in (*OWNED, *PLACED, "image") or (
        whole and wanted.field in ("id", "detector", "cve", "assignee", "state")
    )


def has_index(table: Table, column: str) -> bool:
    """Whether there is an index that begins with this column, by how they are named here."""
    return column == "id" or any(index.name == f"ix_{table.name}_{column}" for index in table.indexes)


# --- tests of one column ---


def _number(column: str) -> Test:
    def test(c: Columns, wanted: Match) -> ColumnElement[bool]:
        values = [int(value) for value in wanted.values]
        match wanted.compare:
            case Compare.IS:
                return c[column].in_(values)
            case Compare.LEAST:
                return c[column] >= values[0]
            case Compare.MOST:
                return c[column] <= values[0]
            case Compare.MORE:
                return c[column] > values[0]
            case Compare.LESS:
                return c[column] < values[0]
            case _:
                assert_never(wanted.compare)

    return test


def _word(column: str) -> Test:
    """One of a closed set of words."""
    return lambda c, wanted: c[column].in_([plain(value) for value in wanted.values])


def _name(column: str) -> Test:
    """A name that is stored with its case: exactly, or as ids are commonly written, or with stars in any case."""
    return lambda c, wanted: _names(c[column], wanted)


def _names(column: ColumnElement[str], wanted: Match) -> ColumnElement[bool]:
    cases = {plain(each) for value in wanted.values if "*" not in value for each in (value, value.upper(), value.lower())}
    stars = [named(func.lower(column), value) for value in wanted.values if "*" in value]
    return or_(column.in_(sorted(cases)), *stars)


def _any_case(c: Columns, wanted: Match) -> ColumnElement[bool]:
    """A column of the field's own name, in any case."""
    return or_(*(named(func.lower(c[wanted.field]), value) for value in wanted.values))


def _sequence(c: Columns, wanted: Match) -> ColumnElement[bool]:
    return c.sequence.in_([int(value) for value in wanted.values if value.isascii() and value.isdigit() and len(value) < 19])


def _flag(column: str) -> Test:
    return lambda c, wanted: c[column].in_([int(value == "yes") for value in wanted.values])


# --- tests by assets ---


def _by_asset(*columns: str) -> Test:
    """One of these columns is an asset with such a word."""

    def test(c: Columns, wanted: Match) -> ColumnElement[bool]:
        found = assets_named(wanted.field, wanted.values)
        return or_(*(c[column].in_(found) for column in columns))

    return test


def _digests(wanted: Match) -> Select[str]:
    """Of images that are, or are run by, assets with such a word."""
    assets = schema.assets.c
    return select(assets.image_digest).where(
        assets.id.in_(assets_named(wanted.field, wanted.values)), assets.image_digest != ""
    )


def _of_finding(c: Columns, wanted: Match) -> ColumnElement[bool]:
    """Of the asset itself, or of an image that such an asset runs."""
    return c.asset_id.in_(assets_named(wanted.field, wanted.values)) | c.image_digest.in_(_digests(wanted))


def _image_of(c: Columns, wanted: Match) -> ColumnElement[bool]:
    """Of what runs such an image, or by the image's digest."""
    digests = [plain(value) for value in wanted.values]
    return c.asset_id.in_(assets_named("image", wanted.values)) | c.image_digest.in_(digests)


def _image_itself(c: Columns, wanted: Match) -> ColumnElement[bool]:
    return c.id.in_(_digests(wanted)) | c.id.in_([plain(value) for value in wanted.values])


# --- tests by weaknesses ---


def _vulnerable(wanted: Match) -> Select[str]:
    rows = schema.vulnerable.c
    return select(rows.id).where(_names(rows.vulnerability, wanted))


def _row_of_finding(extra: Test) -> Test:
    rows = schema.vulnerable.c
    return lambda c, wanted: exists(select(rows.id).where(rows.id == c.id, extra(rows, wanted)))


def _with_package(rows: Columns, wanted: Match) -> ColumnElement[bool]:
    return or_(*(named(func.lower(rows.package), value) for value in wanted.values))


def _vulnerability_package(c: Columns, wanted: Match) -> ColumnElement[bool]:
    rows = schema.vulnerable.c
    return exists(select(rows.id).where(rows.vulnerability == c.id, _with_package(rows, wanted)))


def _finding_flag(column: str) -> Test:
    """'yes' where its vulnerability is so; 'no' for all others."""
    yes = _row_of_finding(lambda rows, _: rows[column] == 1)

    def test(c: Columns, wanted: Match) -> ColumnElement[bool]:
        return or_(*(yes(c, wanted) if value == "yes" else not_(yes(c, wanted)) for value in wanted.values))

    return test


def _running(column: str) -> Test:
    def test(c: Columns, wanted: Match) -> ColumnElement[bool]:
        runs = is_running(c[column])
        return or_(*(runs if value == "yes" else not_(runs) for value in wanted.values))

    return test


def _image_cve(c: Columns, wanted: Match) -> ColumnElement[bool]:
    rows = schema.vulnerable.c
    return c.number.in_(select(rows.place).where(_names(rows.vulnerability, wanted)))


def _image_package(c: Columns, wanted: Match) -> ColumnElement[bool]:
    packages, at = schema.packages.c, schema.package_places.c
    found = select(packages.id).where(or_(*(named(packages.folded, value) for value in wanted.values)))
    return c.number.in_(select(at.place).where(at.package.in_(found)))


def _assigned(c: Columns, wanted: Match) -> ColumnElement[bool]:
    whose = handlings.c
    stars = [named(func.lower(whose.assignee), value) for value in wanted.values if "*" in value]
    exact = [plain(value) for value in wanted.values if "*" not in value]
    return c.id.in_(select(whose.id).where(or_(whose.assignee.in_(exact), *stars)))


def _same(fields: tuple[str, ...], test: Test) -> dict[str, Test]:
    return dict.fromkeys(fields, test)


_RANKED: dict[str, Test] = {"severity": _number("severity"), "time": _number("time"), "id": _name("id")}
_TESTS: Mapping[str, Mapping[str, Test]] = {
    "incident": {
        **_RANKED,
        **_same((*OWNED, "asset", "container"), _by_asset("asset_id")),
        "node": _by_asset("node_id", "asset_id"),
        "workload": _by_asset("workload_id", "asset_id"),
        "image": _image_of,
        "state": _word("state"),
        "assignee": _assigned,
    },
    "alert": {
        **_RANKED,
        **_same((*OWNED, "asset", "container"), _by_asset("asset_id")),
        "node": _by_asset("node_id", "asset_id"),
        "workload": _by_asset("workload_id", "asset_id"),
        "image": _image_of,
        "detector": _name("detector"),
    },
    "finding": {
        **_RANKED,
        **_same((*OWNED, *PLACED, "image"), _of_finding),
        "kind": _word("kind"),
        "detector": _name("detector"),
        "cve": lambda c, wanted: c.id.in_(_vulnerable(wanted)),
        "package": _row_of_finding(_with_package),
        "exploited": _finding_flag("exploited"),
        "fixed": _finding_flag("fixed"),
        "running": _running("image_digest"),
    },
    "vulnerability": {
        **_RANKED,
        "cve": _name("id"),
        "package": _vulnerability_package,
        "exploited": _flag("exploited"),
        "fixed": _flag("fixed"),
    },
    "image": {
        **_RANKED,
        **_same((*OWNED, "image"), _image_itself),
        "state": _word("state"),
        "cve": _image_cve,
        "package": _image_package,
        "running": _running("id"),
    },
    "asset": {
        "time": _number("time"),
        "id": _name("id"),
        "kind": _word("kind"),
        **_same((*OWNED, "asset", "container", "image"), _by_asset("id")),
        "node": _by_asset("id", "node_id"),
        "workload": _by_asset("id", "workload_id"),
    },
    "audit": {
        "time": _number("time"),
        "id": _sequence,
        **_same(("who", "action"), _any_case),
    },
    "baseline": {
        "time": _number("time"),
        "id": _name("id"),
        "state": _word("state"),
        **_same((*OWNED, "workload"), _by_asset("id")),
    },
}
