"""Finds files in which a user's own YARA rule matched. The rule says how bad that is."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.engines.image.suspects import GONE, hit_of
from periderm.model.content import ContentMatch
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_RULE = ContentMatch(rule="yara:our_tool", title="our leaked tool", found=("acme-internal",), source="own.yar")
_OWN = ContentMatch(rule="CON-003", title="Find a miner", found=("stratum",))

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-061",
    title=Text("Contain a file that a user's rule names", "含有用户规则命中的文件"),
    message=Text("{path} ({kind}): {what}.{more}", "{path}（{kind}）：{what}。{more}"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Do what the rule's author asks for; its file is named in the evidence of the match.",
        "按规则作者的要求处理；规则名称见命中信息。",
    ),
    techniques=(),
    fires=(Example(GivenImage(layers=((GivenFile("opt/t", b"x", matches=(_RULE,)),),)), "a user's rule matched"),),
    quiet=(
        Example(GivenImage(layers=((GivenFile("opt/t", b"x", matches=(_OWN,)),),)), "a rule of ours is told elsewhere"),
        Example(GivenImage(layers=((GivenFile("opt/t", b"x"),),)), "nothing matched"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a file, with all of the users' rules that matched."""
    for file in facts.suspects:
        users = tuple(match for match in file.matches if match.rule.startswith("yara:"))
        if users:
            yield hit_of(file, users, GONE if file.gone else Text("", ""))


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE)
