"""TRU-001: images that no rule is for."""

from __future__ import annotations

from periderm.engines.trust.detectors import no_rule
from periderm.engines.trust.facts import TrustFacts
from periderm.model.trust import TrustPolicy


def test_the_policy_and_the_image_are_named() -> None:
    """Whoever reads it knows which file to change; a foreign name cannot break the line."""
    (hit,) = no_rule.judge(TrustFacts(name="a\x1b[31m\nb", policy=TrustPolicy(where=".periderm/trust.yaml")))
    assert hit.values == {"policy": ".periderm/trust.yaml", "image": "a?[31m?b"}


def test_source_code_is_no_image() -> None:
    """A folder needs no rule."""
    assert list(no_rule.judge(TrustFacts(name="folder", judged=False))) == []
