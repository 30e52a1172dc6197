"""What is told of machines that joined."""

from __future__ import annotations

from periderm.correlate.fleet import clock_gap, copied_gap, foreign_gap
from periderm.model.gap import GapKind

HOUR = 3600 * 10**9


def test_each_says_what_and_what_to_do_in_both_languages() -> None:
    """And is one gap for a node, however often it comes."""
    gaps = [copied_gap("node-1", "web", 5), foreign_gap("node-1", {"alert": 2, "node": 1}, 5), clock_gap("node-1", HOUR, 5)]
    assert [gap.kind for gap in gaps] == [GapKind.IDENTITY_COPIED, GapKind.NOT_ITS_OWN, GapKind.CLOCK_OFF]
    for gap in gaps:
        assert gap.asset_id == "node-1"
        assert gap.message.en
        assert gap.message.zh
        assert gap.next_step.en
        assert gap.next_step.zh
    assert gaps[1].count == 3
    assert "2 alert, 1 node" in gaps[1].message.en
    assert foreign_gap("node-1", {"alert": 1}, 9).id == gaps[1].id


def test_a_clock_goes_before_or_behind() -> None:
    """Said in seconds."""
    assert "3600 s ahead of" in clock_gap("n", HOUR, 5).message.en
    assert "3600 s behind" in clock_gap("n", -HOUR, 5).message.en
    assert "慢 3600 秒" in clock_gap("n", -HOUR, 5).message.zh
