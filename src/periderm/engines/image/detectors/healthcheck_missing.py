"""Tells that an image names no health check. Orchestrators with probes of their own do not need one."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-019",
    title=Text("Skip the health check", "没有健康检查"),
    message=Text(
        "The image names no health check: a hung process stays in service.", "镜像没有健康检查：挂起的进程会继续对外服务。"
    ),
    severity=Severity.INFORMATIONAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Add HEALTHCHECK to the build, or a liveness probe where the image is deployed.",
        "在构建中加入 HEALTHCHECK，或在部署处配置存活探针。",
    ),
    fires=(
        Example(GivenImage(config=ImageConfig()), "none is named"),
        Example(GivenImage(config=ImageConfig(healthcheck=("NONE",))), "it is switched off"),
    ),
    quiet=(Example(GivenImage(config=ImageConfig(healthcheck=("CMD", "/app", "--health"))), "one is named"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """At most one hit."""
    if facts.configured and facts.config.healthcheck[:1] in ((), ("NONE",)):
        yield Hit(location="config:Healthcheck")


DETECTOR = Detector(SPEC, judge)
