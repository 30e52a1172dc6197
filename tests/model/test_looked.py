"""What a person is told of the look for malware."""

from __future__ import annotations

from periderm.model.contents import DATA, LARGE, LookedAt
from periderm.model.looked import looked


def test_what_was_looked_at() -> None:
    """Files, size, rules, and what was left out and why, in both languages."""
    told = looked(LookedAt(sifted=1200, sifted_bytes=3 << 20, examined=2, checked=7, rules=15, left={DATA: 4, LARGE: 1}))
    assert "1,200 files (3 MiB" in told.en
    assert "15 rules, 2 of them examined; 7 system files" in told.en
    assert told.en.endswith("Not looked at: 4 data that nothing runs, 1 too large.")
    assert "1 个过大" in told.zh


def test_nothing_left_out() -> None:
    """Then nothing is said of it."""
    assert "Not looked at" not in looked(LookedAt()).en
