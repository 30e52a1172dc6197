"""Finds images without an attestation that the trust policy asks for, signed by one whom it names."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.signature import REFUSALS, Refusal
from periderm.model.text import Text
from periderm.model.trust import KeySigner, Refused, RequiredAttestation, TrustRule, Vouched

_SLSA = "https://slsa.dev/provenance/v1"
_RULE = TrustRule(
    images=("*",), signatures=(KeySigner(key=b"", file="release.pub"),), attestations=(RequiredAttestation(type=_SLSA),)
)
_NONE = Text("there is none", "没有该证明")

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-009",
    title=Text("Miss an attestation that is asked for", "缺少所要求的证明"),
    message=Text(
        "The rule '{rule}' asks for an attestation {type}: {why}.",
        "规则“{rule}”要求证明 {type}：{why}。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Let the build make and sign it (`cosign attest --type … --predicate FILE IMAGE@DIGEST`, or `periderm build`), by "
        "one whom the rule names.",
        "请在构建时生成该证明，并由规则所列方签署"
        "（`cosign attest --type … --predicate FILE IMAGE@DIGEST`，或 `periderm build`）。",
    ),
    techniques=("T1195.002",),
    fires=(
        Example(TrustFacts(rule=_RULE, vouched=(Vouched(who="x", by="release.pub"),)), "only a signature"),
        Example(
            TrustFacts(rule=_RULE, refused=(Refused(where="a tag", why=REFUSALS[Refusal.IDENTITY], predicate=_SLSA),)),
            "signed by somebody else",
        ),
    ),
    quiet=(
        Example(TrustFacts(rule=_RULE, vouched=(Vouched(who="x", by="release.pub", predicate=_SLSA),)), "it is there"),
        Example(
            TrustFacts(rule=_RULE, unseen=(Text("no answer", "无应答"),)), "it could not be looked at: that is told otherwise"
        ),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """One hit for each type that is missing."""
    if facts.rule is None or facts.unseen:
        return
    there = {v.predicate for v in facts.vouched}
    for wanted in facts.rule.attestations:
        if wanted.type not in there:
            why = next((r.why for r in facts.refused if r.predicate == wanted.type), _NONE)
            values: dict[str, str | Text] = {"rule": plain(facts.rule.name), "type": plain(wanted.type), "why": why}
            yield Hit(key=f"attestation:{wanted.type}", location="image", evidence=plain(wanted.type), values=values)


DETECTOR = Detector(SPEC, judge)
