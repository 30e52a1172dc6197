"""Finds set-uid and set-gid programs: each is a way from an ordinary user to more. Does not judge the program itself."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SET_UID = 0o4000
_SET_GID = 0o2000

_UNOWNED = Text("no package owns it", "不属于任何软件包")

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-016",
    title=Text("Contain a set-uid or set-gid program", "含有 set-uid 或 set-gid 程序"),
    message=Text("{path} is {kind} ({owner}).", "{path} 是 {kind} 程序（{owner}）。"),
    severity=Severity.LOW,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the bit in the build (`chmod a-s`), or run the container with no-new-privileges, which makes it void.",
        "在构建中去掉该位（`chmod a-s`），或以 no-new-privileges 运行容器使其失效。",
    ),
    techniques=("T1548.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("usr/bin/su", b"\x7fELF\0", 0o4755),),), owners=(("usr/bin/su", "util-linux"),)),
            "a program of the distribution",
        ),
        Example(GivenImage(layers=((GivenFile("opt/helper", b"\x7fELF\0", 0o2755),),)), "a program that no package brought"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/env", b"\x7fELF\0", 0o755),),)), "an ordinary program"),
        Example(
            GivenImage(
                layers=((GivenFile("usr/bin/su", b"\x7fELF\0", 0o4755),), (GivenFile("usr/bin/su", b"\x7fELF\0", 0o755),))
            ),
            "a later layer takes the bit away",
        ),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program; one that no package owns is worse."""
    for file in facts.executables:
        if file.mode & (_SET_UID | _SET_GID):
            kind = "set-uid" if file.mode & _SET_UID else "set-gid"
            owner = Text(f"package {file.package}", f"属于软件包 {file.package}") if file.package else _UNOWNED
            yield Hit(
                location=file.path,
                evidence=f"mode {file.mode:04o}",
                layer=file.layer,
                package=file.package,
                values={"path": file.path, "kind": kind, "owner": owner},
                severity=None if file.package else Severity.MEDIUM,
            )


DETECTOR = Detector(SPEC, judge)
