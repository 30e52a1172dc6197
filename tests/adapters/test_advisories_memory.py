"""Advisories in memory answer as those in a file do (tests/ports/test_advisories.py); here is what only they have."""

from __future__ import annotations

from periderm.adapters.advisories_memory import MemoryAdvisories, starter_bytes
from periderm.model.advisory import AdvisoryInfo
from tests.ports.advisory_plugs import DJANGO, advisory


def test_withdrawn_ones_are_left_out() -> None:
    """As the builder of a file does."""
    source = MemoryAdvisories(AdvisoryInfo(), [advisory(1, withdrawn=5), advisory(2)])
    assert [hit.ids[0] for hit in source.affecting([DJANGO])[DJANGO]] == ["PYSEC-2024-2"]
    assert source.advisories(["PYSEC-2024-1"]) == {}


def test_the_starter_set_is_in_the_package() -> None:
    """It is found beside the code."""
    assert starter_bytes().startswith(b"[")
