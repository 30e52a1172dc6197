"""Files that content rules know."""

from __future__ import annotations

import pytest

from periderm.engines.image import run_example
from periderm.engines.image.detectors import malicious_file
from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.model.content import ContentMatch
from periderm.model.severity import Severity

MATCH = ContentMatch(rule="CON-003", title="Find a coin miner", severity=Severity.CRITICAL, found=("stratum",))
CASES = [
    (GivenImage(layers=((GivenFile("opt/x", b"\x7fELF", 0o755, matches=(MATCH,)),),)), ["CRITICAL"], "a program of nobody"),
    (
        GivenImage(layers=((GivenFile("usr/bin/x", b"\x7fELF", 0o755, matches=(MATCH,)),),), owners=(("usr/bin/x", "xmr"),)),
        ["LOW"],
        "a package brought it",
    ),
    (
        GivenImage(layers=((GivenFile("srv/node_modules/a/test/x.js", b"x", 0o644, matches=(MATCH,)),),)),
        ["LOW"],
        "the tests of a language package",
    ),
    (
        GivenImage(layers=((GivenFile("srv/node_modules/a/x.js", b"x", 0o644, matches=(MATCH,)),),)),
        ["CRITICAL"],
        "a language package itself",
    ),
]


@pytest.mark.parametrize(("given", "severities", "why"), CASES, ids=[why for _, _, why in CASES])
def test_variants(given: GivenImage, severities: list[str], why: str) -> None:
    """Each is graded by what it is, and what looks alike stays quiet."""
    assert [finding.severity.name for finding in run_example(malicious_file.DETECTOR, given)] == severities


def test_what_is_told() -> None:
    """The rule, its title in both languages, the pieces that matched, and the layer."""
    match = ContentMatch(rule="CON-003", title="Find a miner", title_zh="发现挖矿程序", found=("donate-level", "ab"))
    (finding,) = run_example(malicious_file.DETECTOR, GivenImage(layers=((GivenFile("a", b"x", matches=(match,)),),)))
    assert finding.message.en == "a (script): Find a miner (CON-003)."
    assert "发现挖矿程序（CON-003）" in finding.message.zh
    assert finding.evidence == "donate-level"
    assert finding.layer.startswith("sha256:")
