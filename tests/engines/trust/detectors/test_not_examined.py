"""TRU-011: what could not be checked."""

from __future__ import annotations

from periderm.engines.trust.detectors import not_examined
from periderm.engines.trust.facts import BuildStart, TrustFacts
from periderm.model.text import Text
from periderm.model.trust import KeySigner, RequiredAttestation, TrustRule, Vouched

GONE = (Text("the registry is away.", "无应答。"),)


def test_a_signature_without_its_attestation_is_not_all() -> None:
    """What is asked for must be seen, all of it; else what could not be fetched is told."""
    rule = TrustRule(
        images=("*",),
        signatures=(KeySigner(key=b"", file="k"),),
        attestations=(RequiredAttestation(type="https://a.example/v1"),),
    )
    signed = (Vouched(who="x", by="k"),)
    assert len(list(not_examined.judge(TrustFacts(rule=rule, unseen=GONE, vouched=signed)))) == 1
    whole = (*signed, Vouched(who="x", by="k", predicate="https://a.example/v1"))
    assert list(not_examined.judge(TrustFacts(rule=rule, unseen=GONE, vouched=whole))) == []


def test_a_variable_in_a_build_file() -> None:
    """Nobody knows which image it will be."""
    facts = TrustFacts(judged=False, starts=(BuildStart(path="Dockerfile", line=2, text="$BASE"),))
    (hit,) = not_examined.judge(facts)
    assert hit.message is not None
    assert "Dockerfile line 2" in hit.message.en


def test_braces_in_a_name() -> None:
    """A foreign text is no template."""
    facts = TrustFacts(judged=False, starts=(BuildStart(path="{x}", line=2, text="{0}{what}"),))
    (hit,) = not_examined.judge(facts)
    assert hit.message is not None
    assert "{0}{what}" in hit.message.en


def test_the_age_of_a_base_that_nobody_knows() -> None:
    """No silence."""
    (hit,) = not_examined.judge(TrustFacts(rule=TrustRule(images=("*",), base_max_age=5)))
    assert hit.message is not None
    assert "base image" in hit.message.en
