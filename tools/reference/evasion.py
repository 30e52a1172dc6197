"""The page of evasions: each way of doing a behaviour, caught or missed, and why, as bench/evasion.py last measured it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from periderm.app.explain import list_detectors
from periderm.engines.runtime.exercises import EXERCISES
from periderm.model.exercise import Exercise, Variant
from tools.reference.markdown import cell, page, table

RECORD = Path(__file__).resolve().parents[2] / "bench" / "evasion.json"
_WORDS = {"seen": "caught", "missed": "**missed**", "not-run": "not run", "": "not measured yet"}
_INTRO = (
    "`periderm selftest` does each behaviour in several ways, by real processes in a real container with the real sensor. "
    "This is what was caught and what was missed when `bench/evasion.py --record` ran last, on Linux {kernel}: "
    "{seen} of {run} caught, {left} could not be run there."
)
_EMPTY = (
    "An empty field: there is no exercise. io_uring has no request that starts a program, changes a mode or attaches to a "
    "process, so these cannot be done by it; a program without libraries and the 32-bit entry make the same calls otherwise."
)


def pages(record: Path = RECORD) -> dict[str, str]:
    """File name to text."""
    kept: dict[str, Any] = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    results: dict[str, Any] = kept.get("results", {})
    ran = [results[e.id]["outcome"] for e in EXERCISES if e.id in results and results[e.id]["outcome"] != "not-run"]
    intro = _INTRO.format(kernel=kept.get("kernel", "?"), seen=ran.count("seen"), run=len(ran), left=len(EXERCISES) - len(ran))
    matrix = table(("behaviour", *(v.value for v in Variant)), _matrix(results))
    head = ("exercise", "variant", "what", "outcome", "by", "why")
    whole = table(head, (_row(e, results.get(e.id, {})) for e in EXERCISES))
    text = page("Evasion: caught or missed", intro, "## By behaviour and variant", matrix, _EMPTY, "## Every exercise", whole)
    return {"evasion.md": text}


def _matrix(results: dict[str, Any]) -> list[tuple[str, ...]]:
    """A row for each detector that is tried in more than one way."""
    titles = {d.id: d.title.en for d in list_detectors()}
    by: dict[str, list[Exercise]] = {}
    for exercise in EXERCISES:
        by.setdefault(exercise.detectors[0], []).append(exercise)
    rows = []
    for detector, exercises in sorted(by.items()):
        if len({e.variant for e in exercises}) > 1:
            name = f"[{detector}](detectors-runtime.md#{detector.lower()}) {cell(titles.get(detector, ''))}"
            rows.append((name, *(_field([e for e in exercises if e.variant is v], results) for v in Variant)))
    return rows


def _field(exercises: list[Exercise], results: dict[str, Any]) -> str:
    outcomes = [_WORDS[results.get(e.id, {}).get("outcome", "")] for e in exercises]
    return ", ".join(dict.fromkeys(outcomes))


def _row(exercise: Exercise, result: dict[str, Any]) -> tuple[str, ...]:
    outcome = result.get("outcome", "")
    why = exercise.misses.en or result.get("reason", "")
    return (
        exercise.id,
        exercise.variant.value,
        cell(exercise.title.en),
        _WORDS[outcome],
        ", ".join(result.get("seen_by", ())) or "-",
        cell(why) if outcome != "seen" and why else "-",
    )
