"""What a look into contents tells."""

from __future__ import annotations

from periderm.model.contents import LookedAt, ScanExtras, together


def test_sums_over_layers() -> None:
    """Counts add up, reasons too; the number of rules is that of the scan."""
    one = LookedAt(sifted=1, examined=1, rules=15, left={"a": 1})
    two = LookedAt(sifted=2, checked=3, rules=15, left={"a": 1, "b": 2})
    assert together((one, two)) == LookedAt(sifted=3, examined=1, checked=3, rules=15, left={"a": 2, "b": 2})
    assert together(()) == LookedAt()


def test_the_word_of_extras() -> None:
    """Nothing brought is nothing in a key; other rules are another key."""
    assert ScanExtras().word == ""
    assert ScanExtras(rules=(("a", "x"),)).word != ScanExtras(rules=(("a", "y"),)).word
