"""Finds an SSH server inside the image. Does not tell whether it is started."""

from __future__ import annotations

from periderm.engines.image.facts import GivenFile, GivenImage
from periderm.engines.image.programs import programs_detector
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = frozenset(("sshd", "dropbear"))

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-017",
    title=Text("Contain an SSH server", "含有 SSH 服务器"),
    message=Text("The image holds an SSH server: {names}.", "镜像含有 SSH 服务器：{names}。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Remove the package: `podman exec` and `kubectl exec` reach a container, are authorised and are logged.",
        "删除该软件包：`podman exec` 与 `kubectl exec` 可进入容器，且有授权与日志。",
    ),
    techniques=("T1021.004",),
    fires=(Example(GivenImage(layers=((GivenFile("usr/sbin/sshd", b"\x7fELF\0", 0o755),),)), "OpenSSH's server"),),
    quiet=(Example(GivenImage(layers=((GivenFile("usr/bin/ssh", b"\x7fELF\0", 0o755),),)), "a client is no server"),),
)


DETECTOR = programs_detector(SPEC, _NAMES)
