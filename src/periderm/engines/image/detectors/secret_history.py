"""Finds secrets in the build history that every image carries, such as build arguments."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.engines.image.names import ARGUMENT, NO_VALUE
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.image import History, ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-013",
    title=Text("Leave a secret in the build history", "构建历史中留有密钥"),
    message=Text("Build step {step} shows {what}.", "构建步骤 {step} 泄露了 {what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the secret and use RUN --mount=type=secret: build arguments stay readable in every copy of the image.",
        "更换密钥并使用 RUN --mount=type=secret：构建参数会永远留在镜像的每份拷贝里。",
    ),
    techniques=("T1552.001",),
    references=("https://docs.docker.com/build/building/secrets/",),
    fires=(
        Example(
            GivenImage(config=ImageConfig(history=(History("|1 NPM_TOKEN=9f2c7be1d04a8365 /bin/sh -c npm ci"),))),
            "a build argument",
        ),
    ),
    quiet=(
        Example(
            GivenImage(config=ImageConfig(history=(History("ARG NPM_TOKEN"), History("RUN TOKEN=$TOKEN make")))),
            "names without values",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a step."""
    by_value = {s.location: s for s in facts.secrets if s.place == "history"}
    for step, entry in enumerate(facts.config.history, 1):
        location = f"history:{step}"
        found = by_value.get(location)
        if found is not None:
            yield Hit(
                location=location,
                evidence=found.masked,
                values={"step": str(step), "what": found.what},
                severity=found.severity,
            )
            continue
        match = ARGUMENT.search(entry.created_by)
        if match and not NO_VALUE.match(match["value"]):
            values = {"step": str(step), "what": match["name"]}
            yield Hit(location=location, evidence=f"({len(match['value'])} characters)", values=values)


DETECTOR = Detector(SPEC, judge, FindingKind.SECRET)
