"""Files that a user's rules name."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import user_rule_file
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.content import ContentMatch
from periderm.model.severity import Severity

MATCH = ContentMatch(rule="yara:own", title="own", severity=Severity.MEDIUM, found=("abcd",))
CASES = [
    (GivenImage(layers=((GivenFile("opt/x", b"\x7fELF", 0o755, matches=(MATCH,)),),)), ["MEDIUM"], "as the rule grades it"),
    (GivenImage(layers=((GivenFile("opt/x", b"\x7fELF", 0o755),),)), [], "nothing matched"),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(user_rule_file.DETECTOR, given)] == severities
