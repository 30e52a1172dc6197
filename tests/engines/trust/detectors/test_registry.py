"""TRU-002: images from a registry that is not allowed."""

from __future__ import annotations

from periderm.engines.trust.detectors import registry
from periderm.engines.trust.facts import TrustFacts
from periderm.model.registry import ImageReference
from periderm.model.trust import TrustRule


def test_what_to_change_names_both() -> None:
    """Where to copy it, and what to add."""
    rule = TrustRule(images=("*",), registries=("a.example.org",), name="ours")
    (hit,) = registry.judge(TrustFacts(rule=rule, reference=ImageReference(registry="b.example.org", repository="x")))
    assert hit.remediation is not None
    assert "a.example.org" in hit.remediation.en
    assert "'b.example.org'" in hit.remediation.en
    assert registry.fits_one(("*.example.org",), "b.example.org")
    assert not registry.fits_one((), "b.example.org")
