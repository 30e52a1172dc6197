"""Finds images that nobody signed whom the trust policy names. What could not be looked at is told elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.signature import REFUSALS, Refusal
from periderm.model.text import Text
from periderm.model.trust import KeySigner, Refused, TrustRule, Vouched

_RULE = TrustRule(images=("*",), signatures=(KeySigner(key=b"", file="release.pub"),))
_NONE = Text("it has no signature", "没有任何签名")
_SHOWN = 3

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-008",
    title=Text("Miss the signature of somebody who is trusted", "缺少受信任方的签名"),
    message=Text(
        "Nobody whom the rule '{rule}' names signed the image: {why}.",
        "规则“{rule}”所列各方均未签名该镜像：{why}。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Use an image that is signed by one whom the rule names, sign this one after you have looked at it "
        "(`cosign sign IMAGE@DIGEST`), or add who signed it to the rule's `signatures`.",
        "请使用由规则所列方签名的镜像；审查后对该镜像签名（`cosign sign IMAGE@DIGEST`），或将其签名者加入规则的 `signatures`。",
    ),
    techniques=("T1195.002", "T1525"),
    fires=(
        Example(TrustFacts(rule=_RULE), "no signature at all"),
        Example(
            TrustFacts(rule=_RULE, refused=(Refused(where="a tag", why=REFUSALS[Refusal.OTHER_KEY]),)),
            "signed by somebody else",
        ),
        Example(
            TrustFacts(rule=_RULE, vouched=(Vouched(who="x", by="release.pub", predicate="https://slsa.dev/provenance/v1"),)),
            "a statement about it is no signature over it",
        ),
    ),
    quiet=(
        Example(TrustFacts(rule=_RULE, vouched=(Vouched(who="x", by="release.pub"),)), "signed"),
        Example(
            TrustFacts(rule=_RULE, unseen=(Text("no answer", "无应答"),)), "it could not be looked at: that is told otherwise"
        ),
        Example(TrustFacts(rule=TrustRule(images=("*",))), "the rule asks for none"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule = facts.rule
    if rule is None or not rule.signatures or facts.unseen or any(not v.predicate for v in facts.vouched):
        return
    seen = tuple(r for r in facts.refused if not r.predicate)
    reasons = tuple(dict.fromkeys(r.why for r in seen))[:_SHOWN] or (_NONE,)
    why = Text("; ".join(r.en for r in reasons), "；".join(r.zh for r in reasons))
    evidence = "; ".join(plain(r.detail, 80) for r in seen[:_SHOWN] if r.detail)
    yield Hit(key="signature", location="image", evidence=evidence, values={"rule": plain(rule.name), "why": why})


DETECTOR = Detector(SPEC, judge)
