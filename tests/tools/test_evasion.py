"""The page of evasions says what was measured, and no more."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

from periderm.engines.runtime.exercises import EXERCISES
from tools.reference.evasion import pages

BENCH = runpy.run_path(str(Path(__file__).resolve().parents[2] / "bench" / "evasion.py"))
FIRST, SECOND, THIRD = (e.id for e in EXERCISES[:3])


def test_caught_missed_and_why(tmp_path: Path) -> None:
    """Each exercise has a row; what was missed says why, what was not measured says so."""
    kept = tmp_path / "record.json"
    results = {
        FIRST: {"outcome": "seen", "seen_by": ["RUN-001"]},
        SECOND: {"outcome": "missed", "seen_by": [], "reason": "No alert | came."},
        THIRD: {"outcome": "not-run", "seen_by": [], "reason": "The container lacks x."},
    }
    kept.write_text(json.dumps({"kernel": "6.1", "results": results}))
    text = pages(kept)["evasion.md"]
    rows = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| EXE-")}
    assert sorted(rows) == sorted(e.id for e in EXERCISES)
    assert "| caught | RUN-001 | - |" in rows[FIRST]
    assert "| **missed** | - | No alert \\| came. |" in rows[SECOND]
    assert "| not run | - | The container lacks x. |" in rows[THIRD]
    assert "not measured yet" in rows[EXERCISES[3].id]
    assert "Linux 6.1: 1 of 2 caught" in text


def test_without_a_record(tmp_path: Path) -> None:
    """Nothing is claimed."""
    assert "0 of 0 caught" in pages(tmp_path / "none.json")["evasion.md"]


def test_what_is_kept_of_a_run() -> None:
    """Outcomes and detectors, and nothing of the machine; a change since the last record is told."""
    result = {"exercise": "A", "variant": "plain", "outcome": "missed", "seen_by": ["B"], "reason": ["why", ""]}
    found = {"node_id": "secret", "results": [result, result | {"exercise": "C", "outcome": "seen"}]}
    kept = BENCH["record_of"](found)
    assert kept["results"] == {
        "A": {"outcome": "missed", "seen_by": ["B"], "reason": "why"},
        "C": {"outcome": "seen", "seen_by": ["B"]},
    }
    assert "secret" not in json.dumps(kept)
    told = BENCH["lines"](found, {"results": {"A": {"outcome": "seen"}}})
    assert "missed, was seen: why" in told[0]
    assert told[-1].endswith("1 of 2 seen")


def test_the_record_is_of_the_exercises_there_are() -> None:
    """A new exercise is measured before it is released, and what was missed is known to be."""
    results = json.loads(BENCH["RECORD"].read_text())["results"]
    assert set(results) == {e.id for e in EXERCISES}
    known = {e.id for e in EXERCISES if e.misses.en}
    assert {name for name, result in results.items() if result["outcome"] == "missed"} <= known
