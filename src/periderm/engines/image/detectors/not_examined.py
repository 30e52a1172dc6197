"""Says what a limit or an unreadable file left out, so that silence is never taken for health."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-024",
    title=Text("Miss a part of the image in the scan", "扫描未覆盖镜像的某一部分"),
    message=Text("Not looked at: {what}", "未检查：{what}"),
    severity=Severity.LOW,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Look at it by hand, or make it smaller or readable; the limits are in the reference under `ScanLimits`.",
        "请人工检查，或将其缩小、使其可读；限制见参考文档 `ScanLimits`。",
    ),
    fires=(Example(GivenImage(not_examined=(Text("2 files are too large.", "2 个文件过大。"),)), "a limit was reached"),),
    quiet=(Example(GivenImage(), "nothing was left out"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for each thing that was left out."""
    for what in facts.not_examined:
        yield Hit(location=f"limit:{what.en}", message=what)


DETECTOR = Detector(SPEC, judge, FindingKind.NOT_EXAMINED)
