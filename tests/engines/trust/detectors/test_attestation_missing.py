"""TRU-009: attestations that are asked for."""

from __future__ import annotations

from periderm.engines.trust.detectors import attestation_missing
from periderm.engines.trust.facts import TrustFacts
from periderm.model.trust import KeySigner, RequiredAttestation, TrustRule, Vouched


def test_each_type_is_asked_for() -> None:
    """One is there, the other is told; another version of a type is another type."""
    wanted = tuple(RequiredAttestation(type=t) for t in ("https://a.example/v1", "https://b.example/v1"))
    rule = TrustRule(images=("*",), signatures=(KeySigner(key=b"", file="k"),), attestations=wanted)
    there = (
        Vouched(who="x", by="k", predicate="https://a.example/v1"),
        Vouched(who="x", by="k", predicate="https://b.example/v2"),
    )
    (hit,) = attestation_missing.judge(TrustFacts(rule=rule, vouched=there))
    assert hit.key == "attestation:https://b.example/v1"
