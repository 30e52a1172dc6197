"""Finds images on a base image that was made longer ago than the trust policy allows."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import NOW, Detector, Hit, TrustFacts, plain
from periderm.model.base_image import BaseEvidence, BaseImage
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import DAY, TrustRule

_RULE = TrustRule(images=("*",), base_max_age=30 * DAY)
_BASE = BaseImage(name="debian:12", evidence=BaseEvidence.LAYERS)

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-007",
    title=Text("Build on a base image that is older than allowed", "基础镜像超过允许的期限"),
    message=Text(
        "The base image {base} was made {days} days ago; the rule '{rule}' allows {most}.",
        "基础镜像 {base} 制作于 {days} 天前；规则“{rule}”最多允许 {most} 天。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Pull the base image again (`--pull=always`, or a newer tag) and build on it.",
        "请重新拉取基础镜像（`--pull=always`，或更新的标签）并在其上重新构建。",
    ),
    techniques=("T1525",),
    fires=(Example(TrustFacts(rule=_RULE, base=_BASE, base_created=NOW - 31 * DAY), "a day too old"),),
    quiet=(
        Example(TrustFacts(rule=_RULE, base=_BASE, base_created=NOW - 29 * DAY), "young enough"),
        Example(TrustFacts(rule=_RULE, base=_BASE), "nobody knows its age: that is told otherwise"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule = facts.rule
    if rule is None or not rule.base_max_age or not facts.base_created:
        return
    age = facts.now - facts.base_created
    if age > rule.base_max_age:
        values = {
            "base": plain(facts.base.name) or "?",
            "days": str(age // DAY),
            "rule": plain(rule.name),
            "most": str(rule.base_max_age // DAY),
        }
        yield Hit(key="base-age", location="image", evidence=plain(facts.base.name), values=values)


DETECTOR = Detector(SPEC, judge)
