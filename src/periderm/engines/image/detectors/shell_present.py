"""Tells that the image holds a shell: what an attacker would use first. Not a fault by itself."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FOLDERS = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin")
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


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for the image, with all of them as evidence."""
    found = [f for f in facts.executables if f.path.rpartition("/")[2] in _NAMES and f.path.rpartition("/")[0] in _FOLDERS]
    if found:
        first = found[0]
        names = sorted({f.path.rpartition("/")[2] for f in found})
        yield Hit(
            location=first.path,
            evidence=", ".join(f.path for f in found[:8]),
            layer=first.layer,
            package=first.package,
            values={"names": ", ".join(names)},
        )


DETECTOR = Detector(SPEC, judge)
