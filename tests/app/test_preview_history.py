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
from periderm.model.severity import Severity
from tests.hardened import NGINX, baseline
from tests.story import alerts

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


def test_what_a_baseline_does_not_know_would_have_been_killed(empty: Application) -> None:
    """Only where the baseline has converged, and whatever the canary's share: a part would say too little."""
    policy = Policy(id="pol-1", name="shop", workload=SHOP.name, enforce_baseline=True, canary=1)
    past = Past(
        (1, EventKind.EXEC, NGINX, EventFlag(0), 5),
        (1, EventKind.EXEC, NGINX, EventFlag.UPPER, 1),
        (1, EventKind.EXEC, "/usr/bin/curl", EventFlag(0), 2),
    )
    assert preview_history(empty, LOCAL_ADMIN, past, policy, 1).hits == ()
    empty.store.put_baselines([baseline()])
    found = preview_history(empty, LOCAL_ADMIN, past, policy, 1)
    assert [(hit.cause, hit.what, hit.count) for hit in found.hits] == [
        ("baseline", "/usr/bin/curl", 2),
        ("baseline", NGINX, 1),
    ]


def test_attacks_of_the_past_are_tried_too(empty: Application) -> None:
    """How many of what rules told of would have been stopped: a shell that the baseline does not know, not the server."""
    empty.store.put_baselines([baseline()])
    told = next(a for a in alerts(10**18) if a.severity >= Severity.HIGH)
    for number, exe in enumerate(("/bin/sh", NGINX)):
        process = msgspec.structs.replace(told.process, exe=exe, drifted=False)
        empty.store.put_alerts([msgspec.structs.replace(told, id=f"alt-{number}", asset_id=SHOP.id, process=process)])
    empty.store.put_assets([SHOP])
    policy = Policy(id="pol-1", name="shop", workload=SHOP.name, enforce_baseline=True)
    found = preview_history(empty, LOCAL_ADMIN, Past(), policy, 1)
    assert (found.stopped, found.attacks) == (1, 2)
