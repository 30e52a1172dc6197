"""Which rule holds for an image."""

from __future__ import annotations

import pytest

from periderm.engines.trust.matching import fits, names_of, rule_for
from periderm.model.registry import ImageReference
from periderm.model.trust import TrustPolicy, TrustRule

PATTERNS = ("*", "registry.example.org/*", "registry.example.org/shop/*", "registry.example.org/shop/web:1", "debian*")
POLICY = TrustPolicy(rules=tuple(TrustRule(images=(each,), name=each) for each in PATTERNS))


@pytest.mark.parametrize(
    ("registry", "repository", "tag", "rule"),
    [
        ("registry.example.org", "shop/web", "1", "registry.example.org/shop/web:1"),
        ("registry.example.org", "shop/web", "2", "registry.example.org/shop/*"),
        ("registry.example.org", "other", "1", "registry.example.org/*"),
        ("registry.example.org.evil.example", "shop/web", "1", "*"),
        ("docker.io", "library/debian", "12", "debian*"),
        ("docker.io", "evil/debian", "12", "*"),
    ],
)
def test_the_most_specific_pattern_holds(registry: str, repository: str, tag: str, rule: str) -> None:
    """Whatever the order in the file; a name that only looks alike gets another rule."""
    for policy in (POLICY, TrustPolicy(rules=POLICY.rules[::-1])):
        found = rule_for(policy, ImageReference(registry=registry, repository=repository, tag=tag), "")
        assert found is not None
        assert found.name == rule


def test_what_has_no_registry() -> None:
    """Its own name is asked for."""
    found = rule_for(POLICY, None, "web.tar")
    assert found is not None
    assert found.name == "*"
    assert rule_for(TrustPolicy(rules=POLICY.rules[1:]), None, "web.tar") is None
    assert rule_for(TrustPolicy(), None, "") is None


def test_names() -> None:
    """Whole, with tag and digest; the short names of the default registry only."""
    reference = ImageReference(registry="docker.io", repository="library/debian", tag="12", digest="sha256:aa")
    assert set(names_of(reference)) >= {"debian", "debian:12", "library/debian", "docker.io/library/debian@sha256:aa"}
    other = ImageReference(registry="quay.example.org", repository="library/debian")
    assert names_of(other) == ("quay.example.org/library/debian",)
    assert fits("deb?an", ("debian",))
    assert not fits("Debian", ("debian",))
