"""Finds images that were made longer ago than the trust policy allows. Whether packages are old is told elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.trust.facts import NOW, Detector, Hit, TrustFacts, plain
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.model.trust import DAY, TrustRule

_RULE = TrustRule(images=("*",), max_age=90 * DAY)

SPEC: DetectorSpec[TrustFacts] = DetectorSpec(
    id="TRU-006",
    title=Text("Keep an image that is older than allowed", "镜像超过允许的期限"),
    message=Text(
        "The image was made {days} days ago; the rule '{rule}' allows {most}.",
        "镜像制作于 {days} 天前；规则“{rule}”最多允许 {most} 天。",
    ),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build the image again on a base of today. A build that sets its date to the past on purpose (SOURCE_DATE_EPOCH) "
        "needs the date of its source.",
        "请用当前的基础镜像重新构建。若构建有意写入过去的日期（SOURCE_DATE_EPOCH），应改用源码的日期。",
    ),
    techniques=("T1525",),
    fires=(
        Example(TrustFacts(rule=_RULE, created=NOW - 91 * DAY), "a day too old"),
        Example(TrustFacts(rule=_RULE, created=1), "a build that says it is from 1970"),
    ),
    quiet=(
        Example(TrustFacts(rule=_RULE, created=NOW - 89 * DAY), "young enough"),
        Example(TrustFacts(rule=_RULE, created=0), "it does not say when it was made: that is told otherwise"),
    ),
)


def judge(facts: TrustFacts) -> Iterator[Hit]:
    """At most one hit."""
    rule = facts.rule
    if rule is None or not rule.max_age or not facts.created or facts.now - facts.created <= rule.max_age:
        return
    days, most = (facts.now - facts.created) // DAY, rule.max_age // DAY
    yield Hit(key="age", location="image", values={"days": str(days), "rule": plain(rule.name), "most": str(most)})


DETECTOR = Detector(SPEC, judge)
