"""How progress is told."""

from __future__ import annotations

import pytest

from periderm.flow.progress import quiet


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks for no progress gets none."""
    quiet("x", 0.5)
    quiet("x", None)
    assert capsys.readouterr() == ("", "")
