"""RUN-023: a process of a container enters or makes namespaces, or somebody comes into a container past its runtime.

The runtime's own way into a container is known by where it comes from. On the plain host this is daily work.
"""

from __future__ import annotations

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# CLONE_NEW* of clone(2); CLONE_NEWTIME (0x80) cannot be told from the signal bits of the old clone call.
NAMESPACES: dict[int, str] = {
    0x00020000: "mount",
    0x02000000: "cgroup",
    0x04000000: "uts",
    0x08000000: "ipc",
    0x10000000: "user",
    0x20000000: "pid",
    0x40000000: "network",
}
_ALL = sum(NAMESPACES)
_USER = 0x10000000
_NETWORK = 0x40000000
_NETWORKERS = frozenset(
    {"ip", "calico-node", "cilium-agent", "kindnetd", "flanneld", "multus", "tailscaled", "neutron-l3-agent"}
)
_SANDBOXES = frozenset({"chrome", "chromium", "firefox", "bwrap", "flatpak-bwrap", "electron", "headless_shell", "vsftpd"})


def _names(flags: int) -> str:
    return ", ".join(name for bit, name in NAMESPACES.items() if flags & bit) or "any"


_DEEDS = {"enter": Text("entered", "进入"), "make": Text("made", "新建")}


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if process.runtime:
        return None
    if event.kind is EventKind.EXEC:
        return _entered(context)
    if event.kind is EventKind.SETNS:
        severity = Severity.CRITICAL if context.server_shell else Severity.HIGH
        return None if _own_network(context) else _verdict("enter", event.arg0, severity, context)
    flags = event.arg0 & _ALL
    if not flags or (not context.server_shell and _makes_its_own(context)):
        return None
    return _verdict("make", flags, Severity.HIGH if flags & _USER else Severity.MEDIUM, context)


def _makes_its_own(context: Context) -> bool:
    """Browsers lock their own children in, a container's systemd its services, package scripts of a build their tests."""
    sandbox = not context.process.drifted and context.command.name in _SANDBOXES
    return sandbox or context.building or _system_manager(context)


def _system_manager(context: Context) -> bool:
    """systemd as the container's first program, and what it starts before the service itself runs."""
    process = context.process
    named = programs.base(process.exe) in ("systemd", "systemd-executor", "systemd-udevd", "systemd-nspawn")
    return named and process.how == "entrypoint" and not process.drifted and context.system_program


def _own_network(context: Context) -> bool:
    """`ip netns exec` and the like by a container's own network program, and only into a network."""
    process = context.process
    flags = context.event.arg0 & _ALL
    own = process.how == "entrypoint" and context.system_program and context.command.name in _NETWORKERS
    return own and flags == _NETWORK and not context.server_shell


def _entered(context: Context) -> Verdict | None:
    event, what = context.event, context.command
    if what.name == "nsenter":
        return _verdict("enter", 0, Severity.HIGH, context)
    if event.has(EventFlag.FOREIGN):
        return Verdict(
            object=context.process.exe,
            severity=Severity.MEDIUM,
            fill={"deed": Text("entered from outside", "从外部进入"), "names": "mount"},
        )
    return None


def _verdict(deed: str, flags: int, severity: Severity, context: Context) -> Verdict:
    names = _names(flags)
    return Verdict(
        object=f"{deed}:{names}",
        severity=lower(severity) if context.failed else severity,
        fill={"deed": _DEEDS[deed], "names": names},
        evidence={"namespaces": names},
    )


_STEP = msgspec.structs.replace(SHOP, labels={"periderm.image-build": "true"})

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-023",
        title=Text("Enter or make namespaces from a container", "在容器中进入或新建命名空间"),
        message=Text(
            "{process} in {subject}: namespaces {deed} ({names}).", "{subject} 中的 {process}：{deed}命名空间（{names}）。"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Containers need neither call. Take SYS_ADMIN from them, use the runtime's default seccomp profile, and forbid "
            "user namespaces where nothing needs them. Who came from outside should use the runtime's exec.",
            "容器不需要这些调用。去掉 SYS_ADMIN，使用运行时默认的 seccomp 配置，并在不需要处禁止用户命名空间。"
            "从外部进入者应改用运行时的 exec。",
        ),
        techniques=("T1611",),
        behaviours=(23,),
        fires=(
            Example(
                scene(runs(2, 1, "/usr/bin/nsenter", "nsenter", "-t", "1", "-m"), row(EventKind.SETNS, 2, arg0=0x20000)),
                "nsenter into the host",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.SETNS, 2, arg0=0)), "setns that names no kind"),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.UNSHARE, 2, arg0=0x10020000)), "unshare -Ur"),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.FORK, 3, parent=2, arg0=0x10000011)), "clone instead of unshare"
            ),
            Example(scene(runs(2, 1, "/bin/busybox", "busybox", "nsenter", "-t1", "-m")), "busybox's nsenter"),
            Example(scene(runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.FOREIGN)), "somebody comes in from the host"),
        ),
        quiet=(
            Example(
                scene(
                    runs(90, 80, "/usr/bin/crun", "crun", "exec", on=HOST),
                    row(EventKind.SETNS, 90, on=HOST, arg0=0x20000),
                    row(EventKind.UNSHARE, 90, arg0=0x2000000, comm="crun"),
                ),
                "the runtime enters a container",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.UNSHARE, 2, arg0=0x400)), "only the file table"),
            Example(
                scene(
                    runs(1, 0, "/usr/lib/systemd/systemd", "systemd", at=0.0), row(EventKind.FORK, 2, parent=1, arg0=0x20011)
                ),
                "a service with private folders, in a container that runs a system",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/x", "x", on=_STEP), row(EventKind.UNSHARE, 2, arg0=0x10020000, on=_STEP)),
                "a step of an image build",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.FORK, 3, parent=2, arg0=0x1200011)), "a plain fork"),
            Example(
                scene(
                    runs(20, 10, "/usr/sbin/ip", "ip", "netns", "exec", "a", on=HOST),
                    row(EventKind.SETNS, 20, on=HOST, arg0=0x40000000),
                ),
                "an administrator on the host",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.SETNS,), where=Where.CONTAINER),
        Interest(kinds=(EventKind.UNSHARE, EventKind.FORK), arg0=_ALL, where=Where.CONTAINER),
        Interest(
            kinds=(EventKind.EXEC,),
            flags=EventFlag.FOREIGN,
            text=(r"(^|/)nsenter$",),
            args=(r"(^|/|\x00)nsenter(\x00|$)",),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
