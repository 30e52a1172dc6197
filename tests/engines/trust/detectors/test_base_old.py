"""TRU-007: base images that are too old."""

from __future__ import annotations

from periderm.engines.trust.detectors import base_old
from periderm.engines.trust.facts import NOW, TrustFacts
from periderm.model.trust import DAY, TrustRule


def test_the_limit_itself_is_allowed() -> None:
    """To the second; a base without a name is told too."""
    rule = TrustRule(images=("*",), base_max_age=DAY)
    assert list(base_old.judge(TrustFacts(rule=rule, base_created=NOW - DAY))) == []
    (hit,) = base_old.judge(TrustFacts(rule=rule, base_created=NOW - DAY - 1))
    assert hit.values["base"] == "?"
