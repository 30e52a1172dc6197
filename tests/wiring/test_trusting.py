"""What a trust policy is judged with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from periderm.adapters.signature_layout import LayoutSignatures
from periderm.model.settings import Settings
from periderm.wiring.scanning import image_scanner
from periderm.wiring.trusting import trust_parts


def test_no_registry_is_asked_before_one_is_needed(tmp_path: Path) -> None:
    """The client is made by who needs it; signatures are verified behind the scan's walls."""
    made: list[int] = []
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    scanner = image_scanner(settings)

    def ask() -> Any:
        made.append(1)

    parts = trust_parts(settings, scanner, ask)
    assert made == []
    assert parts.sandbox is scanner.sandbox
    assert isinstance(parts.layout(str(tmp_path)), LayoutSignatures)
    assert parts.registry is not None
    parts.registry()
    assert made == [1]
