"""A content rule's own parts."""

from __future__ import annotations

from periderm.engines.content.detectors.miner import DETECTOR
from periderm.engines.content.judging import program


def test_a_rule_has_its_detectors_name() -> None:
    """So that a match leads back to its identity."""
    assert DETECTOR.name == "CON_003"
    assert DETECTOR.rule().startswith("rule CON_003 {")


def test_a_program_for_examples() -> None:
    """It begins as programs do."""
    assert program(b"word")[:4] == b"\x7fELF"
    assert program(b"word").endswith(b"word")
