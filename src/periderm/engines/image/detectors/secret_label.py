"""Finds secrets in the image's labels, which every registry shows."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-014",
    title=Text("Put a secret into a label", "镜像标签中放有密钥"),
    message=Text("The label {name} holds: {what}.", "标签 {name} 含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text("Change the secret and build the image without that label.", "更换密钥，并去掉该标签重新构建镜像。"),
    techniques=("T1552.001",),
    fires=(Example(GivenImage(config=ImageConfig(labels={"build": "AKIA" + "Q7ZR2NVW4XKB6TJD"})), "a key in a label"),),
    quiet=(
        Example(
            GivenImage(config=ImageConfig(labels={"org.opencontainers.image.revision": "6e0c4c7d9a"})), "a commit is no secret"
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a label and a kind of secret."""
    for found in facts.secrets:
        if found.place == "label":
            values: dict[str, str | Text] = {"name": found.location.removeprefix("label:"), "what": found.what}
            yield Hit(location=found.location, evidence=found.masked, values=values, severity=found.severity)


DETECTOR = Detector(SPEC, judge, FindingKind.SECRET)
