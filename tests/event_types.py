"""What the tests of every file of event types ask."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.engines.baseline.cases import EventType, run


def check_families(types: Sequence[EventType], families: Sequence[str]) -> None:
    """No type stands in another family's file, and numbers follow one another."""
    assert sorted({each.number[:2] for each in types}) == families
    for family in families:
        numbers = [int(each.number[3:]) for each in types if each.number.startswith(family)]
        assert numbers == list(range(1, len(numbers) + 1))


def check_examples(event_type: EventType, types: Sequence[EventType]) -> None:
    """The example is told by this type alone, with no place of a message left open; its look-alike is not told at all."""
    for example in event_type.spec.fires:
        (alert,) = run([event_type], example.given)
        assert alert.deviation is not None
        assert alert.deviation.event_type == event_type.number
        assert alert.deviation.surprise >= 40
        for text in (alert.message.en, alert.message.zh):
            assert "{" not in text.replace("-c {", "")
            assert not text.endswith((": ", "："))
    assert all(run(types, example.given) == [] for example in event_type.spec.quiet)
