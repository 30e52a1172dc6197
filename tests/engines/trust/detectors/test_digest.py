"""TRU-004: images that are not named by digest."""

from __future__ import annotations

from periderm.engines.trust.detectors import digest
from periderm.engines.trust.facts import TrustFacts
from periderm.model.trust import TrustRule


def test_the_manifest_is_told() -> None:
    """What to add to the policy is the manifest's digest, the last of the way."""
    rule = TrustRule(images=("*",), digests=("sha256:aa",))
    (hit,) = digest.judge(TrustFacts(rule=rule, digests=("sha256:index", "sha256:manifest"), image_digest="sha256:config"))
    assert hit.values["digest"] == "sha256:manifest"
