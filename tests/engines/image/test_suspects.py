"""How a file that rules matched is told."""

from __future__ import annotations

import pytest

from periderm.engines.image.facts import SuspectFile
from periderm.engines.image.suspects import GONE, hit_of
from periderm.model.content import ContentMatch
from periderm.model.severity import Severity
from periderm.model.text import Text

WORST = ContentMatch(rule="CON-001", title="a", severity=Severity.CRITICAL, techniques=("T1505.003",), found=("abcdef",))
OTHER = ContentMatch(rule="CON-009", title="b", title_zh="乙", severity=Severity.HIGH, techniques=("T1027",), found=("x",))


@pytest.mark.parametrize(
    ("file", "severity"),
    [
        (SuspectFile("srv/a", "l", "script", ()), Severity.CRITICAL),
        (SuspectFile("srv/a", "l", "script", (), package="p"), Severity.LOW),
        (SuspectFile("srv/a", "l", "script", (), gone=True), Severity.MEDIUM),
        (SuspectFile("usr/lib/python3/site-packages/x/tests/a.py", "l", "script", ()), Severity.LOW),
        (SuspectFile("srv/tests/a.py", "l", "script", ()), Severity.CRITICAL),
    ],
)
def test_severities(file: SuspectFile, severity: Severity) -> None:
    """As bad as its worst rule, and milder for what is known, tried or gone."""
    assert hit_of(file, (WORST, OTHER), GONE if file.gone else Text("", "")).severity is severity


def test_all_rules_are_told() -> None:
    """With their techniques, and the pieces that say something."""
    hit = hit_of(SuspectFile("srv/a", "l", "program", ()), (WORST, OTHER), Text("", ""))
    assert hit.values["what"] == Text("a (CON-001); b (CON-009)", "a（CON-001）；乙（CON-009）")
    assert (hit.evidence, hit.techniques) == ("abcdef", ("T1505.003", "T1027"))
