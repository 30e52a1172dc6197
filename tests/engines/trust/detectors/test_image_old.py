"""TRU-006: images that are too old."""

from __future__ import annotations

from periderm.engines.trust.detectors import image_old
from periderm.engines.trust.facts import NOW, TrustFacts
from periderm.model.trust import DAY, TrustRule


def test_the_limit_itself_is_allowed() -> None:
    """To the second."""
    rule = TrustRule(images=("*",), max_age=DAY)
    assert list(image_old.judge(TrustFacts(rule=rule, created=NOW - DAY))) == []
    (hit,) = image_old.judge(TrustFacts(rule=rule, created=NOW - DAY - 1))
    assert hit.values["days"] == "1"
    assert list(image_old.judge(TrustFacts(rule=rule, created=NOW + DAY))) == []
