"""Every place that keeps compiled words keeps these promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.pattern_files import CompiledFiles
from periderm.ports.compiled_words import CompiledWords


@pytest.fixture
def kept(tmp_path: Path) -> CompiledWords:
    """A place that is empty."""
    return CompiledFiles(str(tmp_path / "compiled"))


def test_what_was_put_is_given(kept: CompiledWords) -> None:
    """The newest, by its kind and key; what nobody put is a miss."""
    assert kept.get("words", "a") is None
    kept.put("words", "a", b"old")
    kept.put("words", "a", b"new")
    assert (kept.get("words", "a"), kept.get("patterns", "a"), kept.get("words", "b")) == (b"new", None, None)


def test_a_place_is_itself(kept: CompiledWords) -> None:
    """What was compiled for one place is not taken for another."""
    assert len({kept, CompiledFiles("/nowhere")}) == 2


def test_a_place_that_cannot_be_written_is_a_miss(tmp_path: Path) -> None:
    """It is nobody's error: words are compiled again."""
    (tmp_path / "file").write_bytes(b"")
    kept: CompiledWords = CompiledFiles(str(tmp_path / "file" / "below"))
    kept.put("words", "a", b"x")
    assert kept.get("words", "a") is None
