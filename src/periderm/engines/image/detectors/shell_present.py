"""Tells that the image holds a shell: what an attacker would use first. Not a fault by itself."""

from __future__ import annotations

from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.programs import programs_detector
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = frozenset(("sh", "bash", "dash", "ash", "busybox", "zsh", "ksh", "fish", "csh", "tcsh"))

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-020",
    title=Text("Include a shell", "含有 shell"),
    message=Text("The image holds a shell: {names}.", "镜像含有 shell：{names}。"),
    severity=Severity.INFORMATIONAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Where the program does not need it, build from a base without a shell (distroless, scratch).",
        "若程序不需要，改用不含 shell 的基础镜像（distroless、scratch）。",
    ),
    techniques=("T1059.004",),
    fires=(Example(GivenImage(layers=((GivenFile("usr/bin/dash", b"\x7fELF\0", 0o755),),)), "a Debian base"),),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/share/vim/sh", b"\x7fELF\0", 0o755),),)), "a file of that name elsewhere"),
    ),
)


DETECTOR = programs_detector(SPEC, _NAMES)
