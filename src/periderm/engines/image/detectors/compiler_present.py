"""Finds compilers and debuggers in the image: with them an attacker builds and bends what they need. Does not tell whether
the image is meant for building."""

from __future__ import annotations

from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.programs import programs_detector
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = frozenset(
    [
        "gcc",
        "g++",
        "cc",
        "c++",
        "clang",
        "clang++",
        "tcc",
        "rustc",
        "cargo",
        "ghc",
        "gdb",
        "lldb",
        "strace",
        "ltrace",
        "tcpdump",
        "nmap",
        "masscan",
        "socat",
    ]
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-077",
    title=Text("Include tools of builders and debuggers", "包含编译与调试工具"),
    message=Text("The image holds tools to build or to look into others: {names}.", "镜像含有编译或调试工具：{names}。"),
    severity=Severity.INFORMATIONAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build in a stage of its own, and copy only the result into the image that runs.",
        "在独立阶段中构建，仅将结果复制到运行镜像中。",
    ),
    techniques=("T1105",),
    fires=(Example(GivenImage(layers=((GivenFile("usr/bin/gcc", b"\x7fELF", 0o755),),)), "a compiler"),),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/gcov-report", b"\x7fELF", 0o755),),)), "another word"),
        Example(GivenImage(layers=((GivenFile("srv/gcc", b"x", 0o644),),)), "no program"),
    ),
)

DETECTOR = programs_detector(SPEC, _NAMES)
