"""TRU-005: base images that are not allowed."""

from __future__ import annotations

from periderm.engines.trust.detectors import base_image
from periderm.engines.trust.facts import TrustFacts
from periderm.model.base_image import BaseEvidence, BaseImage
from periderm.model.trust import AllowedBase, TrustRule


def test_layers_say_more_than_names() -> None:
    """Where the policy gives layers, a proven name alone is not enough, and the layers must be the lowest."""
    base = AllowedBase(name="debian", layers=("a", "b"))
    named = BaseImage(name="debian", evidence=BaseEvidence.LAYERS)
    assert base_image.allowed(base, TrustFacts(layers=("a", "b", "c"), base=named))
    assert not base_image.allowed(base, TrustFacts(layers=("a", "c"), base=named))
    assert not base_image.allowed(base, TrustFacts(layers=("x", "a", "b"), base=named))


def test_a_label_is_told_as_what_it_is() -> None:
    """It says what the label claims, and that this proves nothing."""
    facts = TrustFacts(
        rule=TrustRule(images=("*",), bases=(AllowedBase(name="debian*"),)),
        base=BaseImage(name="debian:12", evidence=BaseEvidence.LABEL),
    )
    (hit,) = base_image.judge(facts)
    assert "proves nothing" in str(hit.values["base"])
