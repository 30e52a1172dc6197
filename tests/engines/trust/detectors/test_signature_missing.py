"""TRU-008: images that nobody who is trusted signed."""

from __future__ import annotations

from periderm.engines.trust.detectors import signature_missing
from periderm.engines.trust.facts import TrustFacts
from periderm.model.signature import REFUSALS, Refusal
from periderm.model.trust import KeySigner, Refused, TrustRule

RULE = TrustRule(images=("*",), signatures=(KeySigner(key=b"", file="k.pub"),))


def test_the_reasons_are_told() -> None:
    """Each once, with what stands there instead; foreign text is made plain."""
    refused = tuple(
        Refused(where="tag", why=REFUSALS[why], detail=detail)
        for why, detail in ((Refusal.IDENTITY, "a\x1b"), (Refusal.IDENTITY, "b"), (Refusal.EXPIRED, ""))
    )
    (hit,) = signature_missing.judge(TrustFacts(rule=RULE, refused=refused))
    assert str(hit.values["why"]).count("another identity") == 1
    assert "not valid when" in str(hit.values["why"])
    assert hit.evidence == "a?; b"


def test_a_refused_statement_is_no_refused_signature() -> None:
    """An attestation that does not count is not why the signature is missing."""
    refused = (Refused(where="tag", why=REFUSALS[Refusal.EXPIRED], predicate="https://slsa.dev/provenance/v1"),)
    (hit,) = signature_missing.judge(TrustFacts(rule=RULE, refused=refused))
    assert "no signature" in str(hit.values["why"])
