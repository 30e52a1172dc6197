"""Words for what detectors saw."""

from __future__ import annotations

from periderm.correlate.deeds import DEEDS
from periderm.engines.runtime import DETECTORS


def test_each_is_of_a_detector_and_said_once() -> None:
    """No words of detectors that are gone, none twice, both languages with the object or neither."""
    names = [row[0] for row in DEEDS]
    assert sorted(set(names)) == sorted(names)
    assert set(names) <= {d.spec.id for d in DETECTORS}
    for _, en, zh, with_en, with_zh in DEEDS:
        assert en
        assert zh
        assert bool(with_en) == bool(with_zh) == ("{object}" in with_en) == ("{object}" in with_zh)
