"""`periderm record`: says what is in the file before it is shared, and how many events it holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import SensorError
from tests.cli.conftest import Periderm


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the recorder was asked for; it answers 42 events."""
    seen: list[tuple[object, ...]] = []

    def record(settings: object, path: str, *, seconds: float, only: str, progress: object) -> int:
        seen.append((path, seconds, only))
        return 42

    monkeypatch.setattr(wiring, "record", record)
    return seen


def test_it_warns_and_counts(periderm: Periderm, asked: list[tuple[object, ...]], tmp_path: Path) -> None:
    """Arguments of programs hold passwords more often than they should."""
    file = str(tmp_path / "x.rec")
    status, out, err = periderm("record", file, "--seconds", "2", "--container", "shop")
    assert status == 0
    assert asked == [(file, 2.0, "shop")]
    assert "42 events" in out
    assert "look before you share" in err
    assert json.loads(periderm("record", file, "--json")[1]) == {"file": file, "events": 42}


@pytest.mark.parametrize("seconds", ["-1", "x"])
def test_odd_times_are_usage(periderm: Periderm, asked: list[tuple[object, ...]], seconds: str) -> None:
    """Exit status 2, and nothing is recorded."""
    assert periderm("record", "x.rec", f"--seconds={seconds}")[0] == 2
    assert asked == []


def test_a_machine_that_cannot_says_so(periderm: Periderm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit status 5 and the next step."""

    def record(*_: object, **__: object) -> int:
        raise SensorError("No BTF here.", "Use a kernel with it.")

    monkeypatch.setattr(wiring, "record", record)
    status, _, err = periderm("record", "x.rec")
    assert status == 5
    assert "No BTF here." in err
