"""A diagnosis: when anything works at all, and that it travels as JSON."""

from __future__ import annotations

import msgspec

from periderm.model.diagnosis import Check, Condition, Diagnosis, Orphan
from periderm.model.text import Text


def check(name: str, condition: Condition) -> Check:
    """A check by name."""
    return Check(name=name, title=Text("t", "题"), condition=condition, found=Text("f", "见"))


def test_nothing_works_only_without_scan_and_sensor() -> None:
    """Either of the two is something."""
    works, missing = Condition.WORKS, Condition.MISSING
    assert Diagnosis(checks=(check("scan", works), check("sensor", missing))).works
    assert Diagnosis(checks=(check("scan", missing), check("sensor", works))).works
    assert not Diagnosis(checks=(check("scan", missing), check("sensor", missing), check("port", works))).works


def test_it_survives_json() -> None:
    """What `--json` prints can be read again."""
    diagnosis = Diagnosis(
        checks=(check("scan", Condition.PARTLY),), orphans=(Orphan(kind="pin", name="/x"),), running=("up (7)",)
    )
    assert msgspec.json.decode(msgspec.json.encode(diagnosis), type=Diagnosis) == diagnosis
