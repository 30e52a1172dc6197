"""The order of shedding is data that can be read."""

from __future__ import annotations

import msgspec

from periderm.model.shedding import MOST_SHED, SHED_LEVELS, Pressure, ShedCount


def test_each_step_has_words_in_both_languages() -> None:
    """And the first gives up nothing."""
    assert SHED_LEVELS[0].details == ()
    assert all(each.text.en and each.text.zh for each in SHED_LEVELS)
    assert all(each.details for each in SHED_LEVELS[1:])
    assert len(SHED_LEVELS) - 1 == MOST_SHED


def test_values_pass_through_json() -> None:
    """As everything of the model does."""
    count = ShedCount(asset_id="a", detail=SHED_LEVELS[1].details[0], count=3)
    assert msgspec.json.decode(msgspec.json.encode(count), type=ShedCount) == count
    assert Pressure(cpu_seconds=1.0, memory_bytes=2).ring == 0.0
