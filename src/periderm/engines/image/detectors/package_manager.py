"""Tells that the image holds a package manager or a downloader: a way to bring tools in. Not a fault by itself."""

from __future__ import annotations

from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.programs import programs_detector
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = frozenset(
    ("apt", "apt-get", "dpkg", "apk", "yum", "dnf", "microdnf", "zypper", "pip", "pip3", "npm", "gem", "curl", "wget")
)

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-021",
    title=Text("Include a package manager or a downloader", "含有包管理器或下载工具"),
    message=Text("The image can fetch or install programs with: {names}.", "镜像可用以下工具下载或安装程序：{names}。"),
    severity=Severity.INFORMATIONAL,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Build in one stage and copy only what runs into a second one, without package manager and downloaders.",
        "分阶段构建，只把运行所需内容复制到不含包管理器与下载工具的最终阶段。",
    ),
    techniques=("T1105",),
    fires=(Example(GivenImage(layers=((GivenFile("usr/bin/apt-get", b"\x7fELF\0", 0o755),),)), "a Debian base"),),
    quiet=(
        Example(GivenImage(layers=((GivenFile("usr/bin/apt-get", b"\x7fELF\0", 0o644),),)), "a file that nobody can execute"),
    ),
)


DETECTOR = programs_detector(SPEC, _NAMES)
