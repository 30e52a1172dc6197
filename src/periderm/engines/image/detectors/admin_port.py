"""Finds images that expose a port for remote administration. What listens there, other detectors tell."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.image import ImageConfig
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PORTS = {
    "22": "SSH",
    "23": "telnet",
    "512": "rexec",
    "513": "rlogin",
    "514": "rsh",
    "2375": "Docker",
    "3389": "RDP",
    "5900": "VNC",
}

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-102",
    title=Text("Open a port for remote administration", "开放远程管理端口"),
    message=Text("The image exposes port {port} ({service}).", "镜像暴露了端口 {port}（{service}）。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Take the service out of the image; the runtime's own exec gives a shell where one is needed.",
        "从镜像中移除该服务；需要 shell 时可用运行时自带的 exec。",
    ),
    techniques=("T1133", "T1021.004"),
    weaknesses=("CWE-284",),
    fires=(Example(GivenImage(config=ImageConfig(exposed_ports=("22/tcp", "80/tcp"))), "SSH beside another port"),),
    quiet=(Example(GivenImage(config=ImageConfig(exposed_ports=("2222/tcp", "514/udp"))), "another port, another protocol"),),
)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a port."""
    for exposed in facts.config.exposed_ports:
        port, _, protocol = exposed.partition("/")
        if port in _PORTS and protocol != "udp":
            yield Hit(
                location=f"config:ExposedPorts:{exposed}", evidence=exposed, values={"port": port, "service": _PORTS[port]}
            )


DETECTOR = Detector(SPEC, judge)
