"""TRU-003: images from a repository that is not allowed."""

from __future__ import annotations

from periderm.engines.trust.detectors import repository
from periderm.engines.trust.facts import TrustFacts
from periderm.model.registry import ImageReference
from periderm.model.trust import TrustRule


def test_a_star_passes_folders() -> None:
    """'team/*' is for 'team/a/b' too, and not for 'teams/a'."""
    rule = TrustRule(images=("*",), repositories=("team/*",))
    for name, hits in (("team/a/b", 0), ("teams/a", 1), ("team", 1)):
        reference = ImageReference(registry="r.example.org", repository=name)
        assert len(list(repository.judge(TrustFacts(rule=rule, reference=reference)))) == hits
