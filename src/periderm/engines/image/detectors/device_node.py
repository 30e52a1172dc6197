"""Finds device nodes outside /dev in layers: where a runtime makes them, they reach the host's disks."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import FileType
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-023",
    title=Text("Hold a device node outside /dev", "在 /dev 之外含有设备节点"),
    message=Text("{path} is a device node ({numbers}).", "{path} 是设备节点（{numbers}）。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build without it; give a container the devices it needs with --device.",
        "构建时去掉它；容器需要的设备用 --device 提供。",
    ),
    techniques=("T1611",),
    fires=(Example(GivenImage(layers=((GivenFile("opt/disk", type=FileType.BLOCK, device=(8, 0)),),)), "a disk"),),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("dev/null", type=FileType.CHARACTER, device=(1, 3)),),)), "the usual ones in /dev"
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a node."""
    for entry in facts.strange:
        if entry.why == "device":
            yield Hit(location=entry.path, layer=entry.layer, values={"path": entry.path, "numbers": entry.detail})


DETECTOR = Detector(SPEC, judge)
