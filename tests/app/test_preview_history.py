"""What a policy would have hit in the past."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np

from periderm.app.application import Application
from periderm.app.preview_history import preview_history
from periderm.engines.runtime.scene import HOST, SHOP
from periderm.model.event import EVENT_DTYPE, Event, EventBatch, EventFlag, EventKind
from periderm.model.event_query import EventQuery, Found, HistoryInfo
from periderm.model.policy import Policy, ResponseKind
from periderm.model.principal import LOCAL_ADMIN

OTHER = msgspec.structs.replace(SHOP, id="ctr-other", name="db-1", workload_id="")


class Past:
    """A history of one batch."""

    def __init__(self, *rows: tuple[int, EventKind, str, EventFlag, int]) -> None:
        self.asked: list[EventQuery] = []
        strings = ("", *(row[2] for row in rows))
        table = np.zeros(len(rows), EVENT_DTYPE)
        for number, (subject, kind, _, flags, count) in enumerate(rows):
            table[number]["subject"], table[number]["kind"], table[number]["flags"] = subject, kind, flags
            table[number]["text"], table[number]["count"], table[number]["time"] = number + 1, count, 100 + number
        self.batch = EventBatch(table, strings, (HOST, SHOP, OTHER))

    def batches(self, query: EventQuery) -> Iterator[EventBatch]:
        self.asked.append(query)
        yield self.batch

    def query(self, query: EventQuery) -> Iterator[Event]:
        yield from ()

    def rows(self, query: EventQuery) -> Iterator[Found]:
        yield from ()

    def dropped(self) -> int:
        return 0

    def last(self) -> int:
        return 0

    def append(self, batch: EventBatch) -> None: ...
    def flush(self) -> None: ...
    def maintain(self, now: int) -> None: ...
    def info(self) -> HistoryInfo:
        return HistoryInfo()

    def close(self) -> None: ...


PAST = Past(
    (1, EventKind.EXEC, "/tmp/x", EventFlag.UPPER, 3),
    (1, EventKind.EXEC, "/tmp/x", EventFlag.UPPER, 1),
    (1, EventKind.EXEC, "/usr/bin/curl", EventFlag(0), 2),
    (1, EventKind.EXEC, "/usr/bin/ls", EventFlag(0), 9),
    (1, EventKind.EXEC, "memfd:m", EventFlag.MEMORY_BACKED, 1),
    (1, EventKind.OPEN, "/srv/job", EventFlag(0), 1),
    (1, EventKind.MOUNT, "/mnt", EventFlag(0), 1),
    (2, EventKind.EXEC, "/tmp/y", EventFlag.UPPER, 5),
    (0, EventKind.EXEC, "/tmp/z", EventFlag.UPPER, 5),
)


def test_hits_are_counted_by_cause_container_and_file(empty: Application) -> None:
    """Only those of containers that it would hold for, never the machine's own."""
    policy = Policy(
        id="pol-1",
        name="shop",
        workload=SHOP.name,
        kill_drift=True,
        kill_memory=True,
        kill_executables=("/usr/bin/curl",),
        refuse_open=("/srv/job",),
        refuse_mount=True,
        reason="x",
    )
    seen = preview_history(empty, LOCAL_ADMIN, PAST, policy, 50)
    found = {(hit.cause, hit.what): (hit.container, hit.count) for hit in seen.hits}
    assert found == {
        ("drift", "/tmp/x"): (SHOP.name, 4),
        ("list", "/usr/bin/curl"): (SHOP.name, 2),
        ("memory", "memfd:m"): (SHOP.name, 1),
        ("open", "/srv/job"): (SHOP.name, 1),
        ("mount", "/mnt"): (SHOP.name, 1),
    }
    assert seen.hits[0].count == 4
    assert (seen.containers, seen.rows, seen.whole) == ((SHOP.name,), 9, True)
    assert PAST.asked[-1].since == 50


def test_a_policy_that_hits_nothing_asks_nothing(empty: Application) -> None:
    """History is not read for nothing."""
    past = Past()
    seen = preview_history(empty, LOCAL_ADMIN, past, Policy(id="pol-1", name="x"), 0)
    assert seen.hits == ()
    assert past.asked == []


def test_alerts_that_would_have_been_answered_are_counted(told: Application) -> None:
    """By detector and response."""
    policy = Policy(id="pol-past", name="shop", priority=99, on_alert={"*": ResponseKind.PAUSE_CONTAINER}, reason="x")
    seen = preview_history(told, LOCAL_ADMIN, Past(), policy, 0)
    assert {hit.cause for hit in seen.hits} == {"pause-container"}
    assert all(hit.count > 0 and hit.what.startswith("RUN-") for hit in seen.hits)
    assert "pol-past" not in {p.id for p in told.store.policies()}
