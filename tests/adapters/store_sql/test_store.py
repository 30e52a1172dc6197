"""The store on the real thing: killed processes and full disks. What every store promises is in tests/ports."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.query import Query
from tests.adapters import crash
from tests.ports.plugs import CountingClock

WRITER = """
import os, sys
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from tests.ports.plugs import alert, incident

store = SqlStore(sys.argv[1], SystemClock())
number = store.seen("agent") + 1
while True:
    with store.transaction():
        store.put_alerts(alert(3 * number + i, incident_id="inc-0001") for i in range(3))
        store.put_incident(incident(1, revision=number + 1, alerts=3 * number + 3))
        store.mark_seen("agent", number)
    os.write(1, b"stored %d\\n" % number)
    number += 1
"""


def test_nothing_that_was_stored_is_lost_to_kill_9(tmp_path: Path) -> None:
    """The process is killed at random moments, many times. Each transaction that ended is there whole, at most one more
    that was not told yet, and nothing of any other."""
    path = str(tmp_path / "state" / "periderm.sqlite")
    told = [-1]
    for after in crash.lives(3.0, seed=2, enough=lambda: told[-1] > 20):
        stored = [int(words[1]) for words in crash.killed(WRITER, path, after=after)]
        assert stored[0] in (told[-1] + 1, told[-1] + 2)
        told.extend(stored)
    last = told[-1]
    store = SqlStore(path, CountingClock())
    seen = store.seen("agent")
    assert seen in (last, last + 1)
    expected = 3 * seen + 3
    assert store.alerts(Query(limit=1)).total == expected
    assert store.alert(f"alt-{expected - 1:04}") is not None
    found = store.incident("inc-0001")
    assert found is not None
    assert (found.revision, found.alerts) == (seen + 1, expected)
    numbers = [change.sequence for change in store.changes(0, limit=100_000)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    store.close()


OPENER = """
import os, sys
import alembic.runtime.environment
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
os.write(1, b"begin\\n")
store = SqlStore(sys.argv[1], SystemClock())
os.write(1, b"open\\n")
"""


@pytest.mark.parametrize("after", [0.0, 0.01, 0.02, 0.03, 0.04, 0.06])
def test_a_first_opening_that_is_killed_stops_nobody(tmp_path: Path, after: float) -> None:
    """At whatever moment, also between two tables: the next one makes a whole store."""
    path = str(tmp_path / "state" / "periderm.sqlite")
    crash.killed(OPENER, path, after=after)
    store = SqlStore(path, CountingClock())
    assert store.alerts(Query()).total == 0
    store.close()


FULL = """
import resource, sys
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from periderm.model.query import Query
from tests.ports.plugs import alert

store = SqlStore(sys.argv[1] + "/state/periderm.sqlite", SystemClock())
limited = len(sys.argv) > 2
filler = sys.argv[1] + "/filler"
if limited:
    import os
    # Whatever an empty store takes: room for some hundred alerts is left.
    most = 400_000 + max(entry.stat().st_size for entry in os.scandir(sys.argv[1] + "/state"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
else:
    with open(filler, "wb") as file:
        file.write(bytes(1_000_000))
stored, failure = 0, None
while failure is None:
    try:
        store.put_alerts(alert(stored + i, object="x" * 500) for i in range(20))
        stored += 20
    except StoreError as error:
        failure = error
assert failure.next_step, failure
assert "space" in str(failure), failure
found = store.alerts(Query(limit=1))
assert found.total == stored, (found.total, stored)
assert store.alert("alt-0000") is not None
if limited:
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
else:
    import os
    os.unlink(filler)
store.put_alerts([alert(stored)])
assert store.alerts(Query(limit=1)).total == stored + 1
store.close()
store = SqlStore(sys.argv[1] + "/state/periderm.sqlite", SystemClock())
assert store.alerts(Query(limit=1)).total == stored + 1
assert len(store.changes(0, limit=100_000)) == stored + 1
print("stored", stored)
"""


@pytest.mark.root
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """On a file system without space: a clear error, what was stored is read, and with space it goes on."""
    assert "stored" in crash.run_on_small_disk(FULL, tmp_path, "3m")


def test_a_limit_on_files_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """The same without root."""
    assert "stored" in crash.run(FULL, str(tmp_path), "limited")


@pytest.mark.root
def test_a_disk_that_is_full_from_the_start_is_told(tmp_path: Path) -> None:
    """Opening says what is wrong; nothing half made stays that would stop the next opening."""
    script = """
import os, sys
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
filler = sys.argv[1] + "/filler"
descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(descriptor, bytes(4096))
except OSError:
    os.close(descriptor)
try:
    SqlStore(sys.argv[1] + "/periderm.sqlite", SystemClock())
    raise SystemExit("opened on a full disk")
except StoreError as error:
    assert error.next_step, error
os.unlink(filler)
store = SqlStore(sys.argv[1] + "/periderm.sqlite", SystemClock())
store.close()
print("opened")
"""
    assert "opened" in crash.run_on_small_disk(script, tmp_path, "2m")
