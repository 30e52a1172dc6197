"""Judging an image by a policy: signatures are read and verified, damage is told."""

from __future__ import annotations

import pytest

from periderm.engines.trust.facts import TrustFacts
from periderm.flow.signatures import Piece
from periderm.flow.trust import check_policy, judge_trust, read_piece, roots_of
from periderm.model.errors import FormatError
from periderm.model.registry import ImageReference
from periderm.model.signature import REFUSALS, Refusal
from periderm.model.trust import KeylessSigner, KeySigner, TrustPolicy, TrustRule
from tests.signed import BUNDLE, SIMPLE
from tests.sigstore import IDENTITY, ISSUER, b64, dumped, new_key, pem, sign, simple_payload, statement, world

DIGEST = "sha256:" + "ab" * 32
KEY = new_key()
ROOT = dumped(world().trusted_root())
RULE = TrustRule(
    images=("*",),
    name="ours",
    signatures=(
        KeySigner(key=pem(KEY), file="release.pub"),
        KeylessSigner(issuer=ISSUER, identity=IDENTITY, root=ROOT, file="root.json"),
    ),
)
FACTS = TrustFacts(
    rule=RULE, reference=ImageReference(registry="registry.example.org", repository="shop/web"), digests=(DIGEST,)
)


def by_key() -> Piece:
    """cosign's."""
    payload = simple_payload(DIGEST)
    return Piece(SIMPLE, payload, {"dev.cosignproject.cosign/signature": b64(sign(KEY, payload))}, "tag")


def test_signed_by_either() -> None:
    """One signature that counts is trust, whatever damaged ones lie beside."""
    bundle = Piece(BUNDLE, dumped(world().bundle(statement(DIGEST))), {}, "referrer")
    damaged = Piece(BUNDLE, b"{", {}, "noise")
    told = judge_trust(FACTS, [damaged, by_key(), bundle])
    assert told.findings == ()
    assert told.verdict.trusted
    assert [v.who for v in told.verdict.signers][1] == IDENTITY
    assert [(r.where, r.why) for r in told.verdict.refused] == [("noise", REFUSALS[Refusal.DAMAGED])]


def test_only_damage() -> None:
    """No trust, and the reason."""
    told = judge_trust(FACTS, [Piece("application/vnd.dsse.envelope.v1+json", b"[", {}, "noise")])
    assert [f.detector for f in told.findings] == ["TRU-008"]
    assert not told.verdict.trusted


def test_a_rule_that_asks_for_no_signature_reads_none() -> None:
    """What nobody asks for is not verified."""
    import msgspec

    facts = msgspec.structs.replace(FACTS, rule=TrustRule(images=("*",)))
    assert judge_trust(facts, [by_key()]).verdict.signers == ()


def test_keys_and_roots_of_a_policy_are_looked_at_first() -> None:
    """A mistake costs no scan."""
    check_policy(TrustPolicy(rules=(RULE,)))
    for signer in (
        KeySigner(key=b"noise", file="k"),
        KeySigner(key=pem(KEY), file="k", root=b"noise"),
        KeylessSigner(issuer=ISSUER, identity=IDENTITY, root=b"{}", file="r"),
    ):
        with pytest.raises(FormatError):
            check_policy(TrustPolicy(rules=(TrustRule(images=("*",), signatures=(signer,)),)))
    assert list(roots_of(RULE.signatures)) == [ROOT]
    assert read_piece(by_key()).where == "tag"
