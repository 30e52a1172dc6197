"""Rows of one meaning have one key."""

from __future__ import annotations

import numpy as np

from periderm.engines.baseline.memo import Memo, Remembered
from periderm.engines.baseline.workload import Workload
from periderm.model.event import Event, EventFlag, EventKind
from tests.behaving import batch, connects, opens, row, runs


def keys(memo: Memo, *events: Event, roles: tuple[int, ...] = ()) -> list[int]:
    """Those of a batch with tables of its own."""
    whole = batch(*events)
    memo.enter(whole)
    acting = np.array(roles or (1,) * len(events), np.int64)
    return [int(key) for key in memo.keys_of(whole, whole.rows, acting)]


def test_what_a_judgement_does_not_look_at_makes_no_other_key() -> None:
    """Made-up names, clients, time, who reads which tables."""
    memo = Memo()
    alike = (
        (opens(1, "/tmp/tmpAb3dEf9"), opens(2, "/tmp/tmpXy7zQw1", at=700.0)),
        (row(EventKind.ACCEPT, 1, "10.0.0.1", port=80, family=2), row(EventKind.ACCEPT, 1, "10.0.0.2", port=80, family=2)),
        (row(EventKind.LISTEN, 1, "::", port=40_000, family=2), row(EventKind.LISTEN, 1, "::", port=50_000, family=2)),
        (opens(1, "/a", arg0=0o2000000), opens(1, "/a")),
        (opens(1, "/a"), row(EventKind.OPEN, 1, "/a", flags=EventFlag.KNOWN)),
        (runs(1, 0, "/x", "x", "-p", "80"), runs(2, 0, "/x", "x", "-p", "81")),
    )
    for one, other in alike:
        first, second = keys(memo, one, other)
        assert first == second
        assert keys(memo, other) == [first]


def test_what_a_judgement_looks_at_makes_another_key() -> None:
    """Path, mode, peer, port, arguments, user, role, kind, result."""
    memo = Memo()
    events = (
        opens(1, "/a"), opens(1, "/b"), opens(1, "/a", write=True), opens(1, "/a", denied=True), opens(1, "/a", uid=5),
        connects(1, "10.0.0.1", 80), connects(1, "10.0.0.2", 80), connects(1, "10.0.0.1", 81),
        connects(1, "10.0.0.1", 80, kind=2),
        runs(1, 0, "/a", "a", "-x"), runs(1, 0, "/a", "a", "-y"), row(EventKind.UNLINK, 1, "/a"), row(EventKind.MKDIR, 1, "/a"),
        opens(1, "/proc/12/mem"), opens(1, "/proc/13/mem"),
    )  # fmt: skip
    found = [*keys(memo, *events), *keys(memo, events[0], roles=(2,))]
    assert len(set(found)) == len(found)


def test_what_is_remembered_is_forgotten_by_workload_or_all() -> None:
    """Or one by one."""
    memo = Memo()
    one, two = Workload("a", "", "n"), Workload("b", "", "n")
    for key, workload in enumerate((one, two, None)):
        memo.put(key, Remembered(workload))
    memo.forget(one)
    assert [memo.get(key) is None for key in range(3)] == [True, False, False]
    memo.drop(1)
    assert len(memo) == 1
    memo.forget()
    assert len(memo) == 0
