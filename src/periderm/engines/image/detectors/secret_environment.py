"""Finds secrets in the environment that the image's configuration sets. Does not read the environment of processes."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.engines.image.names import says_secret
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_BY_NAME = Text("its name says that it is a secret", "名称表明这是密钥")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-012",
    title=Text("Set a secret in the image's environment", "镜像环境变量中设有密钥"),
    message=Text("The image sets {name} to a value: {what}.", "镜像给环境变量 {name} 设了值：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the secret, drop the ENV line, and give it when the container starts, better as a file than as a variable.",
        "更换密钥，删除 ENV 行，改在容器启动时提供，最好用文件而不是变量。",
    ),
    techniques=("T1552.001",),
    references=("https://docs.docker.com/build/building/secrets/",),
    fires=(
        Example(
            GivenImage(config=ImageConfig(environment=("PATH=/bin", "DB_PASSWORD=t7Kq-92xVb"))), "the name says what it is"
        ),
        Example(GivenImage(config=ImageConfig(environment=("KEY=AKIA" + "Q7ZR2NVW4XKB6TJD",))), "the value says what it is"),
    ),
    quiet=(
        Example(
            GivenImage(config=ImageConfig(environment=("PATH=/bin", "TOKEN_FILE=/run/secrets/token", "PASSWORD="))),
            "a place, and nothing",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a variable: by its value first, then by its name."""
    by_value = {s.location: s for s in facts.secrets if s.place == "env"}
    for variable in facts.config.environment:
        name, _, value = variable.partition("=")
        location = f"env:{name}"
        found = by_value.get(location)
        if found is not None:
            yield Hit(
                location=location, evidence=found.masked, values={"name": name, "what": found.what}, severity=found.severity
            )
        elif says_secret(name, value):
            yield Hit(
                location=location,
                evidence=f"({len(value)} characters)",
                values={"name": name, "what": _BY_NAME},
            )


DETECTOR = Detector(SPEC, judge, FindingKind.SECRET)
