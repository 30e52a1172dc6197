"""What makes a report is built here."""

from __future__ import annotations

from pathlib import Path

from periderm import wiring
from periderm.model.settings import Settings


def test_parts(tmp_path: Path) -> None:
    """Without a cache nothing that was kept is used."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))
    kept, none = (wiring.report_parts(settings, cached=cached).scanner.cache for cached in (True, False))
    assert kept is not None
    assert none is not None
    kept.put("layer", "k", b"value")
    assert kept.get("layer", "k") == b"value"
    assert none.get("layer", "k") is None
