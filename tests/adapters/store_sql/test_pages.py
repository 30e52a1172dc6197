"""Pages are read through indices, in SQLite's own words. What pages hold is in tests/ports."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.dialects import sqlite

from periderm.adapters.store_sql.alerts import ALERTS
from periderm.adapters.store_sql.assets import ASSETS
from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.effects import EFFECTS
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.findings import FINDINGS
from periderm.adapters.store_sql.gaps import GAPS
from periderm.adapters.store_sql.incidents import INCIDENTS
from periderm.adapters.store_sql.pages import Cursor, _read_cursor, conditions, statement, write_cursor
from periderm.adapters.store_sql.scans import RESULTS
from periderm.model.query import Query
from periderm.model.severity import Severity

NEWEST = Query()
WORST = Query(order="severity")
SERIOUS = Query(severity_at_least=Severity.HIGH)
RECENT = Query(since=1000, until=2000)

ASKED: list[tuple[Family[Any], Query]] = [
    *((family, NEWEST) for family in (ASSETS, FINDINGS, ALERTS, INCIDENTS, EFFECTS, GAPS, RESULTS)),
    *((family, RECENT) for family in (ASSETS, FINDINGS, ALERTS, INCIDENTS, EFFECTS, GAPS, RESULTS)),
    *((family, query) for family in (FINDINGS, ALERTS, INCIDENTS) for query in (WORST, SERIOUS)),
    *((ASSETS, Query(**{field: "x"})) for field in ("kind", "node_id", "workload_id", "image_digest")),
    *((FINDINGS, Query(**{field: "x"})) for field in ("kind", "asset_id", "image_digest", "detector")),
    *((ALERTS, Query(**{field: "x"})) for field in ("asset_id", "node_id", "workload_id", "image_digest")),
    *((ALERTS, Query(**{field: "x"})) for field in ("incident_id", "detector")),
    *((INCIDENTS, Query(**{field: "x"})) for field in ("asset_id", "node_id", "workload_id", "image_digest", "state")),
    *((EFFECTS, Query(**{field: "x"})) for field in ("asset_id", "node_id", "incident_id", "state")),
    *((GAPS, Query(**{field: "x"})) for field in ("kind", "asset_id")),
    (RESULTS, Query(node_id="x")),
]


def plan(database: Database, asked: Any) -> str:
    """What SQLite would do."""
    compiled = asked.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with database.reading() as connection:
        rows = connection.execute(text("EXPLAIN QUERY PLAN " + str(compiled).replace(":", "\\:")))
        return "\n".join(row.detail for row in rows)


@pytest.mark.parametrize("deep", [False, True], ids=["first page", "deep page"])
@pytest.mark.parametrize(("family", "query"), ASKED, ids=lambda value: getattr(value, "what", None) or repr(value)[6:60])
def test_a_page_needs_no_sorting(database: Database, family: Family[Any], query: Query, deep: bool) -> None:
    """Rows come in order from an index, the first page and one deep down, with each filter."""
    if deep:
        cursor = write_cursor(Cursor(family.what, query.order, 3 if query.order else 0, 1500, "x-1"))
        query = Query(**{field: getattr(query, field) for field in query.__struct_fields__ if field != "cursor"}, cursor=cursor)
    found = plan(database, statement(family, query, conditions(family, query)))
    assert "TEMP B-TREE" not in found
    assert "USING INDEX" in found
    assert not deep or "SEARCH" in found


@pytest.mark.parametrize("field", ["asset_id", "incident_id", "detector", "image_digest"])
def test_counting_reads_the_index_only(database: Database, field: str) -> None:
    """The total of a filtered list does not touch the documents."""
    query = Query(**{field: "x"})
    found = plan(database, select(func.count()).select_from(ALERTS.table).where(*conditions(ALERTS, query)))
    assert "USING COVERING INDEX" in found


def test_a_cursor_round_trip() -> None:
    """What is given out is understood, with the longest id."""
    cursor = Cursor("alert", "severity", 5, -(2**63), "密" * 512)
    assert _read_cursor(write_cursor(cursor)) == cursor
