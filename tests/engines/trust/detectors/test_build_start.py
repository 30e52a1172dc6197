"""TRU-010: build files that begin with an image that is not allowed."""

from __future__ import annotations

from periderm.engines.trust.detectors import build_start
from periderm.engines.trust.facts import BuildStart, TrustFacts
from periderm.model.registry import ImageReference
from periderm.model.trust import AllowedBase, Otherwise, TrustPolicy, TrustRule

HERE = ImageReference(registry="docker.io", repository="library/debian", tag="12")


def hits(rule: TrustRule, reference: ImageReference = HERE) -> int:
    """How many hits one line makes."""
    start = BuildStart(path="Dockerfile", line=3, text=str(reference), reference=reference)
    return len(list(build_start.judge(TrustFacts(policy=TrustPolicy(rules=(rule,)), starts=(start,)))))


def test_all_that_a_rule_says_of_a_name() -> None:
    """Registries, repositories, digests and bases."""
    assert hits(TrustRule(images=("debian:*",))) == 0
    assert hits(TrustRule(images=("debian*",), registries=("docker.io",))) == 0
    assert hits(TrustRule(images=("debian*",), registries=("mirror.example.org",))) == 1
    assert hits(TrustRule(images=("debian*",), repositories=("library/alpine",))) == 1
    assert hits(TrustRule(images=("debian*",), digests=("sha256:aa",))) == 1
    assert hits(TrustRule(images=("*",), bases=(AllowedBase(name="debian:12"),))) == 0
    assert hits(TrustRule(images=("*",), bases=(AllowedBase(name="alpine*"),))) == 1


def test_others_may_be_allowed() -> None:
    """With `default: allow` only what a rule is for is asked."""
    start = BuildStart(path="Dockerfile", line=3, text="x", reference=HERE)
    allowing = TrustPolicy(otherwise=Otherwise.ALLOW)
    assert list(build_start.judge(TrustFacts(policy=allowing, starts=(start,)))) == []
    (hit,) = build_start.judge(TrustFacts(policy=TrustPolicy(), starts=(start,)))
    assert hit.evidence == "line 3: x"
