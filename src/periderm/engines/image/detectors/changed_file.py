"""Finds programs and libraries of the system, and files that root starts by itself, that are not what their package brought.
Other configuration files are left alone: they are meant to be changed."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image import checksums
from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.engines.image.system_files import is_program
from periderm.model.detector import DetectorSpec, Example
from periderm.model.finding import FindingKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_GOOD, _BAD = b"#!/bin/sh\n# the package's own\n", b"#!/bin/sh\n# somebody else's\n"
_SUMS = b"b5d5fe3c2cab035b6def8bb2cde36f30  usr/bin/tool\n"
_APK = b"P:tool\nV:1-r0\nF:usr/bin\nR:tool\nZ:Q1SzP64GXJ5ZhHYpNzWW+feYaQhKk=\n\n"
_LIST = "var/lib/dpkg/info/tool.md5sums"

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-062",
    title=Text("Hold a system file that its package did not bring", "系统文件与其软件包不符"),
    message=Text(
        "{path} is not what the package {package} brought: its content was changed.",
        "{path} 与软件包 {package} 提供的内容不符：已被改动。",
    ),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Install the package anew and compare. If the build changes the file on purpose, give the changed one another name.",
        "重新安装该软件包并比对。若构建有意修改该文件，请改用其他文件名。",
    ),
    techniques=("T1554",),
    references=("https://man7.org/linux/man-pages/man5/deb-md5sums.5.html",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile(_LIST, _SUMS), GivenFile("usr/bin/tool", _BAD, 0o755)),)), "another program there"
        ),
        Example(
            GivenImage(layers=((GivenFile("lib/apk/db/installed", _APK), GivenFile("usr/bin/tool", _BAD, 0o755)),)),
            "the same on Alpine",
        ),
    ),
    quiet=(
        Example(GivenImage(layers=((GivenFile(_LIST, _SUMS), GivenFile("usr/bin/tool", _GOOD, 0o755)),)), "the package's own"),
        Example(
            GivenImage(layers=((GivenFile("lib/apk/db/installed", _APK), GivenFile("usr/bin/tool", _GOOD, 0o755)),)),
            "Alpine's own",
        ),
        Example(
            GivenImage(
                layers=(
                    (
                        GivenFile(_LIST, _SUMS),
                        GivenFile("usr/bin/tool", _BAD, 0o755),
                        GivenFile("var/lib/dpkg/diversions", b"/usr/bin/tool\n/usr/bin/tool.real\nother\n"),
                    ),
                )
            ),
            "dpkg itself was told to move it aside",
        ),
        Example(GivenImage(layers=((GivenFile("usr/bin/tool", _BAD, 0o755),),)), "no package speaks of it"),
    ),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a file. A unit is milder than a program, and what lies in /etc may have been changed on purpose."""
    for path, package, layer in sorted(checksums.changed(facts)):
        milder = Severity.LOW if path.startswith("etc/") else Severity.MEDIUM
        yield Hit(
            location=path,
            layer=layer,
            package=package,
            values={"path": path, "package": package},
            severity=None if is_program(path) else milder,
        )


DETECTOR = Detector(SPEC, judge, FindingKind.MALWARE, readers=checksums.readers("IMG-062"))
