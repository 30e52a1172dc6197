"""`periderm false-alarm`: suggested, said, counted."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import INCIDENT, Periderm


def test_suggested_then_said_then_counted(periderm: Periderm, state: Path) -> None:
    """What it would hide stands before it is done; afterwards the detector's false alerts are counted."""
    status, out, _ = periderm("false-alarm", INCIDENT)
    assert status == 0
    assert "in 30 days it would have hidden" in out or "Nothing would keep it" in out
    suggested = json.loads(periderm("false-alarm", INCIDENT, "--json")[1])
    follow = [word for s in suggested["suggestions"][:1] for word in ("--follow", s["id"])]
    status, out, _ = periderm("false-alarm", INCIDENT, "--reason", "our own script", *follow)
    assert status == 0
    assert INCIDENT in out
    assert ("Exceptions:" in out) == bool(follow)
    assert "false alarm" in periderm("incidents")[1]
    status, out, _ = periderm("false-alarm")
    assert status == 0


def test_what_is_missing_is_told(periderm: Periderm, state: Path) -> None:
    """An incident, a reason, a day."""
    assert periderm("false-alarm", "--reason", "x")[0] == 2
    assert periderm("false-alarm", INCIDENT, "--follow", "sug-1")[0] == 2
    assert periderm("false-alarm", INCIDENT, "--reason", "x", "--until", "soon")[0] == 2
    assert periderm("false-alarm", INCIDENT, "--reason", "x", "--follow", "sug-1")[0] == 2
    assert periderm("false-alarm", "inc-none")[0] == 4


def test_in_chinese(periderm: Periderm, state: Path) -> None:
    """The same."""
    assert "periderm false-alarm" in periderm("false-alarm", INCIDENT, "--lang", "zh")[1]
