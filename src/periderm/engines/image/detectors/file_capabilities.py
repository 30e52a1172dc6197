"""Finds programs with file capabilities: powers of root that whoever starts them has. Names from linux/capability.h."""

from __future__ import annotations

from collections.abc import Iterator

from periderm.engines.image.facts import Detector, GivenFile, GivenImage, Hit, ImageFacts
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NAMES = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
]
# With any of these a program makes itself root, or reads and writes everything.
_WHOLE = frozenset(
    [
        "chown",
        "dac_override",
        "dac_read_search",
        "fowner",
        "setgid",
        "setuid",
        "sys_module",
        "sys_rawio",
        "sys_ptrace",
        "sys_admin",
        "setfcap",
        "bpf",
        "mknod",
    ]
)
# What services are given on purpose: low ports, raw sockets, locked memory, priorities.
_MILD = frozenset(["net_bind_service", "net_raw", "net_broadcast", "ipc_lock", "sys_nice", "wake_alarm", "audit_write"])

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-074",
    title=Text("Give a program powers of root", "为程序赋予 root 特权"),
    message=Text("{path} has {names}, whoever starts it ({owner}).", "{path} 拥有 {names}，无论由谁启动（{owner}）。"),
    severity=Severity.MEDIUM,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Take them away (`setcap -r FILE`) and give the container the one capability that it needs.",
        "去掉文件能力（`setcap -r FILE`），仅为容器授予所需的能力。",
    ),
    techniques=("T1548.001",),
    references=("https://man7.org/linux/man-pages/man7/capabilities.7.html",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("usr/bin/python3.11", b"\x7fELF", 0o755, capabilities=1 << 7),),)),
            "an interpreter that changes who it is",
        ),
        Example(GivenImage(layers=((GivenFile("opt/srv", b"\x7fELF", 0o755, capabilities=1 << 12),),)), "an own service"),
    ),
    quiet=(
        Example(
            GivenImage(
                layers=((GivenFile("usr/bin/ping", b"\x7fELF", 0o755, capabilities=1 << 13),),),
                owners=(("usr/bin/ping", "iputils-ping"),),
            ),
            "ping, as its package has it",
        ),
        Example(GivenImage(layers=((GivenFile("usr/bin/ping", b"\x7fELF", 0o755),),)), "none at all"),
    ),
)


def names_of(bits: int) -> tuple[str, ...]:
    """The names of capabilities, by their numbers."""
    return tuple(_NAMES[n] if n < len(_NAMES) else str(n) for n in range(64) if bits >> n & 1)


def judge(facts: ImageFacts) -> Iterator[Hit]:
    """One hit for a program; what its package gave it in moderation is silent."""
    for file in facts.special:
        names = names_of(file.capabilities)
        mild = _MILD.issuperset(names)
        if not names or (mild and file.package):
            continue
        whole = not _WHOLE.isdisjoint(names)
        severity = Severity.LOW if file.package or mild else Severity.HIGH if whole else None
        yield Hit(
            location=file.path,
            layer=file.layer,
            package=file.package,
            evidence=", ".join(f"cap_{name}" for name in names),
            values={
                "path": file.path,
                "names": ", ".join(f"cap_{name}" for name in names),
                "owner": Text(f"package {file.package}", f"属于软件包 {file.package}")
                if file.package
                else Text("no package owns it", "不属于任何软件包"),
            },
            severity=severity,
        )


DETECTOR = Detector(SPEC, judge)
