"""The verdict: trusted only if nothing was found."""

from __future__ import annotations

from periderm.engines.trust import findings, verdict
from periderm.engines.trust.engine import MOST
from periderm.engines.trust.facts import BuildStart, TrustFacts
from periderm.model.finding import FindingKind
from periderm.model.registry import ImageReference
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.trust import KeySigner, TrustPolicy, TrustRule, Vouched

REFERENCE = ImageReference(registry="registry.example.org", repository="shop/web", tag="1")
SIGNED = TrustRule(images=("*",), name="ours", signatures=(KeySigner(key=b"", file="k"),))


def test_a_trusted_image() -> None:
    """No finding, and who signed it."""
    facts = TrustFacts(
        rule=SIGNED, reference=REFERENCE, vouched=(Vouched(who="x", by="k"),), policy=TrustPolicy(where="p.yaml")
    )
    told = verdict(facts, findings(facts))
    assert told.trusted
    assert (told.rule, told.policy, told.reference) == ("ours", "p.yaml", "registry.example.org/shop/web:1")


def test_what_could_not_be_seen_is_no_trust() -> None:
    """A finding of its own kind, so that nobody takes it for a pass or for a fault."""
    facts = TrustFacts(rule=SIGNED, reference=REFERENCE, unseen=(Text("away.", "无应答。"),))
    found = findings(facts)
    assert [(f.kind, f.severity) for f in found] == [(FindingKind.NOT_EXAMINED, Severity.HIGH)]
    assert not verdict(facts, found).trusted


def test_a_finding_has_the_same_id_again() -> None:
    """Whenever it is found; another image has another."""
    facts = TrustFacts(rule=SIGNED, reference=REFERENCE, image_digest="sha256:aa")
    later = TrustFacts(rule=SIGNED, reference=REFERENCE, image_digest="sha256:aa", now=facts.now + 99)
    other = TrustFacts(rule=SIGNED, reference=REFERENCE, image_digest="sha256:bb")
    assert [f.id for f in findings(facts)] == [f.id for f in findings(later)]
    assert [f.id for f in findings(facts)] != [f.id for f in findings(other)]


def test_a_flood_of_lines_ends() -> None:
    """One detector tells so much of one image."""
    starts = tuple(BuildStart(path=f"{n}", line=1, text="x", reference=REFERENCE) for n in range(MOST * 2))
    assert len(findings(TrustFacts(starts=starts, judged=False))) == MOST
