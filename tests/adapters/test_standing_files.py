"""The list of what holds outlives the agent, and the doctor sees it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.adapters.standing_files import StandingFile, StandingLeftovers
from periderm.model.diagnosis import Orphan


class Thing(msgspec.Struct, frozen=True):
    """What is kept."""

    name: str


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """Readable by us alone; nothing to keep is no file."""
    file = StandingFile(str(tmp_path / "standing.json"), Thing)
    assert file.load() == ()
    file.save([Thing("a"), Thing("b")])
    assert (tmp_path / "standing.json").stat().st_mode & 0o777 == 0o600
    assert file.load() == (Thing("a"), Thing("b"))
    file.save([])
    file.save([])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff", b"[" * 100000])
def test_a_damaged_file_is_none(tmp_path: Path, data: bytes) -> None:
    """It stops no agent."""
    (tmp_path / "standing.json").write_bytes(data)
    assert StandingFile(str(tmp_path / "standing.json"), Thing).load() == ()


def test_leftovers_are_named_and_taken_back() -> None:
    """As the doctor asks."""
    left = StandingLeftovers(lambda: ["eff-1"], lambda: ["eff-1"])
    assert left.find() == (Orphan(kind="response", name="eff-1"),)
    assert left.remove() == ("response eff-1",)
