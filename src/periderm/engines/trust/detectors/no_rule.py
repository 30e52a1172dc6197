"""Finds images that no rule of the trust policy is for, where the policy refuses such."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.registry import ImageReference
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import Otherwise, TrustPolicy, TrustRule

_IMAGE = ImageReference(registry="registry.example.net", repository="tools/x", tag="1")

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-001",
    title=Text("Run an image that no trust rule is for", "镜像未被任何信任规则覆盖"),
    message=Text("No rule of {policy} is for {image}.", "{policy} 中没有适用于 {image} 的规则。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Use an image that a rule is for, or add a rule for this one; `default: allow` lets all others pass.",
        "请改用有规则覆盖的镜像，或为该镜像添加规则；`default: allow` 会放行其余所有镜像。",
    ),
    techniques=("T1195.002", "T1204.003"),
    fires=(
        Example(TrustFacts(reference=_IMAGE, name="registry.example.net/tools/x:1"), "no rule at all"),
        Example(TrustFacts(name="some.tar"), "an archive without a name"),
    ),
    quiet=(
        Example(TrustFacts(reference=_IMAGE, rule=TrustRule(images=("*",))), "a rule for everything"),
        Example(TrustFacts(reference=_IMAGE, policy=TrustPolicy(otherwise=Otherwise.ALLOW)), "others are allowed"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    if facts.judged and facts.rule is None and facts.policy.otherwise is Otherwise.REFUSE:
        name = plain(str(facts.reference or facts.name))
        yield Hit(key="rule", location="image", evidence=name, values={"policy": facts.policy.where or "?", "image": name})


DETECTOR = Detector(SPEC, judge)
