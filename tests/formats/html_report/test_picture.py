"""What the plots count."""

from __future__ import annotations

import msgspec

from periderm.formats.html_report.picture import figures
from tests.reports import many, report


def test_all_five() -> None:
    """Severity, priority, layer, package and licence."""
    drawn = list(figures(report(), "en"))
    assert len(drawn) == 5
    assert "C critical" in drawn[0]
    assert "2: 222222222222" in drawn[2]
    assert "Apache-2.0" in drawn[4]


def test_the_long_tail_is_one_bar() -> None:
    """More packages than fit become 'others', with how many they are."""
    drawn = list(figures(many(500), "en"))
    assert "others (89)" in drawn[3]


def test_nothing_found_draws_no_findings() -> None:
    """A clean image has only its licences, an empty one nothing."""
    flat = msgspec.structs.replace(report(), inventory=msgspec.structs.replace(report().inventory, layers=("",)))
    assert len(list(figures(flat, "en"))) == 4  # a folder has no layers to compare
    clean = msgspec.structs.replace(report(), findings=())
    assert len(list(figures(clean, "en"))) == 1
    bare = msgspec.structs.replace(clean, inventory=msgspec.structs.replace(clean.inventory, packages=()))
    assert list(figures(bare, "zh")) == []
