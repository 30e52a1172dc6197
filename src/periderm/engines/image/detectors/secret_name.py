"""Finds secrets in the names of files and folders, which every list of an image's files shows."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KEY = "AKIA" + "Q7ZR2NVW4XKB6TJD"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-037",
    title=Text("Put a secret into a file's name", "文件名中含有密钥"),
    message=Text("The name {path} holds: {what}.", "文件名 {path} 含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Change the secret and name the file after what it is for: names are in every list, log and bill of materials.",
        "更换密钥，并按用途给文件命名：文件名会出现在各种清单、日志和物料清单中。",
    ),
    techniques=("T1552.001",),
    fires=(Example(GivenImage(layers=((GivenFile(f"srv/keys/{_KEY}.csv", b"x"),),)), "a list of keys as it was downloaded"),),
    quiet=(Example(GivenImage(layers=((GivenFile("srv/keys/accessKeys.csv", b"x"),),)), "a name that says what the file is"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a name."""
    for found in facts.secrets:
        if found.place == "name":
            values: dict[str, str | Text] = {"path": found.location, "what": found.what}
            yield Hit(location=found.location, evidence=found.masked, layer=found.layer, values=values, severity=found.severity)


DETECTOR = Detector(SPEC, judge, FindingKind.SECRET)
