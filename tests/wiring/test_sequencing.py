"""The sequence detector's parts fit together."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import NotFoundError


def test_the_parts_work_on_this_machines_files(tmp_path: Path) -> None:
    """The first thing asked of them is a real folder."""
    with pytest.raises(NotFoundError):
        wiring.sequences().train(str(tmp_path / "gone"), str(tmp_path / "model"), lambda _: None)
