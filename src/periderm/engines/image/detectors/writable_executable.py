"""Finds programs that everyone in the container may change."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_OTHERS_WRITE = 0o002

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-018",
    title=Text("Allow everyone to change a program", "允许任何人改写程序"),
    message=Text("{path} may be written by every user (mode {mode}).", "{path} 任何用户都可改写（权限 {mode}）。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text("Take the right away in the build: `chmod o-w`.", "在构建中去掉该权限：`chmod o-w`。"),
    techniques=("T1554",),
    fires=(Example(GivenImage(layers=((GivenFile("app/run.sh", b"#!/bin/sh\n", 0o777),),)), "chmod 777 in a build"),),
    quiet=(
        Example(
            GivenImage(layers=((GivenFile("app/run.sh", b"#!/bin/sh\n", 0o755), GivenFile("tmp/x", b"data", 0o666)),)),
            "an ordinary program, and data",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program."""
    for file in facts.executables:
        if file.mode & _OTHERS_WRITE:
            yield Hit(
                location=file.path,
                layer=file.layer,
                package=file.package,
                values={"path": file.path, "mode": f"{file.mode:04o}"},
            )


DETECTOR = Detector(SPEC, judge)
