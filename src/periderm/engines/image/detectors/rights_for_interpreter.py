"""Finds programs that run anything (shells, interpreters, editors, copiers) with the set-uid bit: root for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SET_UID = 0o4000
_RUNS = re.compile(
    r"(ba|da|z|k|c|tc|a|fi)?sh|busybox|python[\d.]*|perl[\d.]*|ruby[\d.]*|node(js)?|php[\d.]*|lua[\d.]*|awk|[gmn]awk|find|xargs"
    r"|vi|vim([.]\w+)?|nano|emacs|ed|less|more|man|tar|cp|mv|dd|tee|env|nice|time|timeout|nmap|gdb|strace|socat|nc([.]\w+)?"
    r"|ncat|openssl|curl|wget|rsync|git|docker|systemctl|chroot|unshare|nsenter|chmod|chown|sed|tclsh[\d.]*|expect|java|gcc|make"
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-073",
    title=Text("Give root to a program that runs anything", "为可执行任意内容的程序赋予 root 权限"),
    message=Text(
        "{path} runs whatever it is told, and as root (mode {mode}).",
        "{path} 可执行任意内容，且以 root 身份运行（权限 {mode}）。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text("Take the bit away: `chmod u-s`. Look for who set it.", "去掉该位：`chmod u-s`，并查明由谁设置。"),
    techniques=("T1548.001",),
    fires=(
        Example(GivenImage(layers=((GivenFile("usr/bin/find", b"\x7fELF", 0o4755),),)), "find runs commands"),
        Example(GivenImage(layers=((GivenFile("opt/x/bash", b"\x7fELF", 0o4755),),)), "a copy of a shell"),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/passwd", b"\x7fELF", 0o4755),),)), "made for it"),
        Example(GivenImage(layers=((GivenFile("usr/bin/find", b"\x7fELF", 0o755),),)), "without the bit"),
        Example(GivenImage(layers=((GivenFile("usr/bin/wall", b"\x7fELF", 0o2755),),)), "a group's bit"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program."""
    for file in facts.executables:
        if file.mode & _SET_UID and _RUNS.fullmatch(file.path.rpartition("/")[2]):
            yield Hit(
                location=file.path,
                layer=file.layer,
                package=file.package,
                values={"path": file.path, "mode": f"{file.mode:04o}"},
            )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE)
