"""The counts that are kept are those that counting all alerts again would give, after whatever was stored."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from periderm.adapters.store_sql.kept_counts import DAY_NS, Counted, _span, kept
from periderm.adapters.store_sql.migrate import MIGRATIONS, REVISIONS, bring_forward
from periderm.adapters.store_sql.schema_tallies import asset_tallies, detector_tallies
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import EXCEPTED
from periderm.model.incident import IncidentState
from periderm.model.principal import Reach
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.ports.plugs import CountingClock, alert, incident

TIMES = st.sampled_from([-DAY_NS, -1, 0, 5, DAY_NS - 1, DAY_NS, 3 * DAY_NS, 3 * DAY_NS + 7, 40 * DAY_NS])
ALERT = st.fixed_dictionaries(
    {
        "number": st.integers(1, 6),
        "last_time": TIMES,
        "detector": st.sampled_from(["", "RUN-001", "RUN-002"]),
        "asset_id": st.sampled_from(["", "ctr-1", "ctr-2"]),
        "incident_id": st.sampled_from(["", "inc-0001", "inc-0002"]),
        "excepted": st.sampled_from(["", "exc-1"]),
    }
)
STEP = st.one_of(
    st.tuples(st.just("alerts"), st.lists(ALERT, max_size=4), st.booleans()),
    st.tuples(st.just("incident"), st.tuples(st.integers(1, 2), st.sampled_from(IncidentState)), st.booleans()),
)


def counted_again(store: SqlStore) -> dict[str, Counter[tuple[object, ...]]]:
    """By table and column, from the rows of alerts and incidents."""
    sums: dict[str, Counter[tuple[object, ...]]] = {name: Counter() for name in ("n", "said", "excepted", "last")}
    with store._database.reading() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT a.asset_id, a.detector, a.time / {DAY_NS}, a.time, i.state, a.incident_id "  # noqa: S608 -- a number
            "FROM alerts a LEFT JOIN incidents i ON i.id = a.incident_id"
        ).all()
    for asset, detector, day, time, state, name in rows:
        for key in ((asset, detector, day), (detector, day)):
            sums["n"][key] += 1
            sums["said"][key] += state == IncidentState.FALSE_ALARM.value
            sums["excepted"][key] += name.startswith(EXCEPTED)
            sums["last"][key] = time if key not in sums["last"] else max(sums["last"][key], time)
    return sums


def held(store: SqlStore) -> dict[str, Counter[tuple[object, ...]]]:
    """What is kept, in the same form."""
    sums: dict[str, Counter[tuple[object, ...]]] = {name: Counter() for name in ("n", "said", "excepted", "last")}
    with store._database.reading() as connection:
        for table in (asset_tallies, detector_tallies):
            for row in connection.execute(select(table)):
                key = tuple(row)[: len(table.primary_key)]
                for name, found in sums.items():
                    found[key] = getattr(row, name)
    return sums


class FailedError(Exception):
    """What ends a transaction here."""


def do(store: SqlStore, revisions: Counter[int], what: str, told: Any, fails: bool) -> None:
    """One step, of which nothing stays if it fails."""
    with contextlib.suppress(FailedError), store.transaction():
        if what == "alerts":
            store.put_alerts(alert(**each) for each in told)
        else:
            number, state = told
            revisions[number] += 1
            store.put_incident(incident(number, state=state, revision=revisions[number]))
        if fails:
            raise FailedError


@functools.cache
def empty() -> bytes:
    """The file of an empty store: making one takes all steps of the schema."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        SqlStore(str(path), CountingClock()).close()
        raw = sqlite3.connect(path)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw.close()
        return path.read_bytes()


@contextlib.contextmanager
def opened() -> Iterator[SqlStore]:
    """Empty."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.sqlite").write_bytes(empty())
        store = SqlStore(str(Path(folder) / "a.sqlite"), CountingClock())
        try:
            yield store
        finally:
            store.close()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, max_size=12))
def test_what_is_kept_is_what_counting_again_gives(steps: list[tuple[str, Any, bool]]) -> None:
    """After any alerts, again and again, later, moved to other days, things and incidents, excepted; after incidents that are
    called false and true again; after transactions that failed."""
    with opened() as store:
        revisions: Counter[int] = Counter()
        for step in steps:
            do(store, revisions, *step)
        assert held(store) == counted_again(store)
        # The same by the port: what is kept, and what an index counts for a question that is not of whole days.
        for since in (0, DAY_NS, 3 * DAY_NS):
            slow = Query(since=since, severity_at_least=Severity.LOW)
            assert store.alert_days(Query(since=since)) == store.alert_days(slow)
            assert store.false_alerts(Query(since=since)) == store.false_alerts(slow)
            for detector in ("", "RUN-001"):
                fast = Query(since=since, detector=detector, limit=1)
                assert (
                    store.alerts(fast).total
                    == store.alerts(msgspec.structs.replace(fast, severity_at_least=Severity.LOW)).total
                )


@pytest.mark.parametrize(
    ("query", "table"),
    [
        (Query(), detector_tallies),
        (Query(detector="RUN-001", limit=7, order="severity"), detector_tallies),
        (Query(since=DAY_NS, until=2 * DAY_NS), detector_tallies),
        (Query(within=(Reach(application="shop"),)), asset_tallies),
        (Query(since=DAY_NS + 1), None),
        (Query(until=7), None),
        (Query(asset_id="ctr-1"), None),
        (Query(severity_at_least=Severity.HIGH), None),
        (Query(text="curl"), None),
    ],
)
def test_only_whole_days_of_detectors_are_kept(query: Query, table: object) -> None:
    """All other questions are counted; who sees a part is told of its assets only."""
    found = kept(query)
    assert (found[0] if found is not None else None) is table


@given(st.integers(-5 * DAY_NS, 5 * DAY_NS))
def test_a_day_is_what_the_database_divides_to(time: int) -> None:
    """Also before 1970, and its span holds it."""
    day = Counted("", "", time, "").bucket[2]
    first, end = _span(day)
    assert first <= time < end
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        assert database.execute("SELECT ? / ?", (time, DAY_NS)).fetchone() == (day,)


def test_an_older_store_is_counted_when_it_is_brought_forward(tmp_path: Path) -> None:
    """Once, from what it holds."""
    path = tmp_path / "old.sqlite"
    store = SqlStore(str(path), CountingClock())
    store.put_alerts([alert(1, incident_id="inc-0001"), alert(2, last_time=DAY_NS), alert(3, excepted="exc-1"), alert(4)])
    store.put_incident(incident(1, state=IncidentState.FALSE_ALARM))
    expected = held(store)
    store.close()
    raw = sqlite3.connect(path)
    for table in (asset_tallies, detector_tallies):
        raw.execute(f"DROP TABLE {table.name}")
    raw.execute("UPDATE alembic_version SET version_num = '0015'")
    raw.commit()
    raw.close()
    dialect = SqliteDialect()
    engine = dialect.engine(str(path))
    dialect.prepare(engine)
    bring_forward(engine, dialect, REVISIONS, MIGRATIONS)
    engine.dispose()
    store = SqlStore(str(path), CountingClock())
    assert held(store) == expected == counted_again(store)
    store.close()
