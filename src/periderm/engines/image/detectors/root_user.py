"""Finds images whose processes run as root. Says nothing of user namespaces: those are the container's business."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NONE = Text("no USER is set", "未设置 USER")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-015",
    title=Text("Run as root", "以 root 运行"),
    message=Text("The image's processes run as root: {why}.", "镜像中的进程以 root 运行：{why}。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Add `USER` with a number above 0 to the image's build, and make the folders that it writes belong to that user.",
        "在镜像构建中加入 `USER`（大于 0 的数字），并让它要写的目录属于该用户。",
    ),
    techniques=("T1611",),
    references=("https://www.cisecurity.org/benchmark/docker",),
    fires=(
        Example(GivenImage(config=ImageConfig(user="")), "no user is root"),
        Example(GivenImage(config=ImageConfig(user="0:1000")), "user 0 with any group"),
    ),
    quiet=(
        Example(GivenImage(config=ImageConfig(user="10001:0")), "another user"),
        Example(GivenImage(configured=False), "a plain folder has no configuration"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """At most one hit."""
    user = facts.config.user.partition(":")[0]
    if facts.configured and (user in ("", "root") or user.lstrip("0") == ""):
        yield Hit(
            location="config:User",
            evidence=facts.config.user,
            values={"why": Text(f"USER is {user}", f"USER 为 {user}") if user else _NONE},
        )


DETECTOR = Detector(SPEC, judge)
