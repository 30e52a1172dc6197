"""RUN-017: a connection to the cloud's metadata service, which hands out the node's credentials.

Name and time services that share the address are not meant. Agents of the cloud on the plain host are its users.
"""

from __future__ import annotations

import ipaddress

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# AWS, Google, Azure, Oracle, OpenStack and others; AWS over IPv6; Google over IPv6; AWS tasks and pods; Alibaba; Azure's
# wire server; Oracle Classic; Tencent; Scaleway.
SERVICES: dict[str, str] = {
    "169.254.169.254": "instance metadata",
    "fd00:ec2::254": "AWS instance metadata",
    "fd20:ce::254": "Google metadata",
    "169.254.170.2": "AWS task credentials",
    "169.254.170.23": "AWS pod identity",
    "fd00:ec2::23": "AWS pod identity",
    "100.100.100.200": "Alibaba Cloud metadata",
    "168.63.129.16": "Azure wire server",
    "192.0.0.192": "Oracle Classic metadata",
    "169.254.0.23": "Tencent Cloud metadata",
    "169.254.42.42": "Scaleway metadata",
    "fd00:42::42": "Scaleway metadata",
}
_OTHER_SERVICES = frozenset({53, 67, 123, 547, 853})  # names, leases and time come from the same addresses
_DATAGRAM = 2
_AGENTS = frozenset(
    """
    cloud-init waagent walinuxagent amazon-ssm-agent ssm-agent-worker amazon-cloudwatch-agent google_guest_agent
    google_metadata_script_runner google_osconfig_agent google-guest-agent kubelet aws-node ec2-net-utils cloudid oci-utils
    ecs-agent agent qemu-ga chronyd systemd-networkd NetworkManager dhclient snapd ds-identify aliyun-service
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_AGENT_SCRIPTS = ("cloud-init", "waagent", "google-cloud-sdk", "WALinuxAgent", "ec2-instance-connect")


def _address(text: str) -> str:
    """The address as the table writes it; IPv4 inside IPv6 is taken out. '' if it is none."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.compressed


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if event.kind is not EventKind.CONNECT or process.runtime:
        return None
    address = _address(event.text)
    service = SERVICES.get(address, "")
    if not service or event.port in _OTHER_SERVICES or event.arg0 & 0xF == _DATAGRAM:
        return None  # a datagram socket is connected only to learn the own address
    what = context.command
    inline = bool(programs.interpreter(what.name)) and _inline(what)
    hand = what.name in programs.NET_TOOLS or programs.is_shell(what) or inline
    if not context.contained:
        script = programs.script(what)
        if context.system_program and (what.name in _AGENTS or any(a in script for a in _AGENT_SCRIPTS)):
            return None
        severity = Severity.LOW
    else:
        severity = Severity.MEDIUM
    if context.server_shell or process.drifted or (context.contained and hand):
        severity = Severity.HIGH
    return Verdict(
        object=f"[{address}]:{event.port}" if ":" in address else f"{address}:{event.port}",
        severity=lower(severity) if context.failed else severity,
        fill={"service": service},
        evidence={"service": service},
    )


def _inline(what: programs.Command) -> bool:
    return any(argument in ("-c", "-e", "-r") for argument in what.arguments[:3])


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-017",
        title=Text("Connect to the cloud's metadata service", "连接云元数据服务"),
        message=Text(
            "{process} in {subject} connected to {object} ({service}).",
            "{subject} 中的 {process} 连接了 {object}（{service}）。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "If the workload needs no cloud credentials, block the address for it by a network policy. If it does, give it an "
            "identity of its own and demand session tokens (IMDSv2, hop limit 1).",
            "若该负载不需要云凭证，请用网络策略封锁此地址；若需要，请给它单独的身份，并强制使用会话令牌"
            "（IMDSv2，跳数限制为 1）。",
        ),
        techniques=("T1552.005",),
        behaviours=(17,),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/curl", "curl"), connects(2, "169.254.169.254", 80)), "curl in a container"),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "fd00:ec2:0:0:0:0:0:254", 80)), "IPv6, written out"),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "::ffff:a9fe:a9fe", 80)), "IPv4 inside IPv6"),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "100.100.100.200", 80)), "another cloud"),
            Example(
                scene(runs(20, 1, "/usr/bin/curl", "curl", on=HOST), connects(20, "169.254.169.254", 80, on=HOST)),
                "by hand on the plain host, said softly",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "169.254.169.254", 53)), "Google's name server"),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "169.254.169.254", 80, kind=2)), "a datagram socket"),
            Example(
                scene(
                    runs(20, 1, "/usr/bin/python3.11", "python3", "/usr/bin/cloud-init", "init", on=HOST),
                    connects(20, "169.254.169.254", 80, on=HOST),
                ),
                "cloud-init on the host",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), connects(2, "169.254.169.253", 80)), "an address beside it"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.CONNECT,),
            text=(
                r"169\.254\.(169\.254|170\.2|170\.23|0\.23|42\.42)$",
                r"(?i)a9fe:(a9fe|aa02|aa17|17|2a2a)\]?$",
                r"(?i)^\[?fd[02]0:0*(ec2|ce|42):",
                r"^(::ffff:)?(100\.100\.100\.200|168\.63\.129\.16|192\.0\.0\.192)$",
                r"(?i)(6464:64c8|a83f:8110|c000:c0)\]?$",
                r"^\[?0{0,4}:[0:]*ffff:",
            ),
        ),
    ),
    judge=_judge,
)
