"""What makes a report is built here."""

from __future__ import annotations

from pathlib import Path

from periderm import wiring
from periderm.model.settings import Settings


def test_parts(tmp_path: Path) -> None:
    """Without a cache nothing that was kept is used."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))
    assert wiring.report_parts(settings).scanner.cache is not None
    assert wiring.report_parts(settings, cached=False).scanner.cache is None
