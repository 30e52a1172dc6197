"""Finds layer entries that try to leave the root, or that link to nothing: no honest builder writes them."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import FileType
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_WHY = {
    "escape": Text("its name or its link climbs out of the root", "其名称或链接越出根目录"),
    "nowhere": Text("it is a hard link to a file that is not there", "它是指向不存在文件的硬链接"),
}

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-022",
    title=Text("Hold a layer entry made to fool unpackers", "含有用于欺骗解包程序的层条目"),
    message=Text("The entry {path} was not followed: {why}.", "条目 {path} 未被跟随：{why}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Do not run the image. Find out who built it, and with what; such entries overwrite files of careless unpackers.",
        "不要运行该镜像。查明由谁、用什么构建；此类条目会覆盖粗心解包程序的文件。",
    ),
    techniques=("T1611",),
    references=("https://cwe.mitre.org/data/definitions/22.html",),
    fires=(
        Example(GivenImage(layers=((GivenFile("etc/cron.d/x", b"x", escapes=True),),)), "a name with ../ at its head"),
        Example(GivenImage(layers=((GivenFile("a", type=FileType.HARDLINK, link="nowhere"),),)), "a hard link to nowhere"),
    ),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("a", b"x"), GivenFile("b", type=FileType.HARDLINK, link="a")),)),
            "an ordinary hard link",
        ),
        Example(
            GivenImage(layers=((GivenFile("etc/mtab", type=FileType.SYMLINK, link="/proc/mounts"),),)),
            "a symbolic link may be absolute",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for an entry."""
    for entry in facts.strange:
        if entry.why in _WHY:
            values: dict[str, str | Text] = {"path": entry.path, "why": _WHY[entry.why]}
            severity = Severity.LOW if entry.why == "nowhere" else None
            yield Hit(location=entry.path, evidence=entry.detail, layer=entry.layer, values=values, severity=severity)


DETECTOR = Detector(SPEC, judge)
