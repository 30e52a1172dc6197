"""`periderm selftest`: what can be asked of it without a kernel."""

from __future__ import annotations

import json
from pathlib import Path

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.exercise import ExerciseResult, Outcome, SelfTest, Variant
from periderm.model.text import Text
from tests.cli.conftest import Periderm


def test_the_exercises_are_listed(periderm: Periderm) -> None:
    """All, those of a detector, or one; an unknown one is a usage error."""
    whole = json.loads(periderm("selftest", "--list", "--json")[1])
    assert len(whole) > 50
    status, out, _ = periderm("selftest", "--list", "run-054")
    assert status == 0
    assert "EXE-054-NAME" in out
    assert "EXE-010" not in out
    assert periderm("selftest", "--list", "RUN-999")[0] == 2


def test_earlier_runs_are_shown(periderm: Periderm, state: Path) -> None:
    """With what was missed and why; the status says that something was."""
    assert periderm("selftest", "--last")[0] == 4
    seen = ExerciseResult(
        exercise="EXE-010", title=Text("Read it", "读取"), variant=Variant.PLAIN, techniques=("T1003.008",), behaviours=(10,),
        expected=("RUN-010",), outcome=Outcome.SEEN, seconds=0.25, seen_by=("RUN-010",),
    )  # fmt: skip
    missed = ExerciseResult(
        exercise="EXE-026", title=Text("Change the root", "更改根目录"), variant=Variant.PLAIN, techniques=(), behaviours=(26,),
        expected=("RUN-026",), outcome=Outcome.MISSED, reason=Text("No alert came.", "未收到告警。"),
    )  # fmt: skip
    run = SelfTest(
        id="slf-1",
        started=10**18,
        ended=10**18,
        node_id="n",
        container_id="c",
        author="a",
        version="9.9",
        results=(seen, missed),
    )
    store = SqlStore(str(state / "periderm.sqlite"), SystemClock())
    store.put_selftest(run)
    store.close()
    status, out, _ = periderm("selftest", "--last")
    assert status == 1
    assert "EXE-026: No alert came." in out
    assert "1 of 2 exercises were seen; the median alert came after 0.25 s." in out
    assert "slf-1" in periderm("selftest", "--runs")[1]
    assert json.loads(periderm("selftest", "--last", "--json")[1])["id"] == "slf-1"
