"""RUN-028: a program loads a BPF program into the kernel that is not known to do so: it can watch, filter and hide.

What was loaded without being seen (before the sensor, by another way) is found by looking at the kernel, see RUN-029.
"""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import Event, EventFlag, EventKind, Subject
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# bpf(2) commands (linux/bpf.h): what loads code or ties it to something.
_LOADS = {5: "PROG_LOAD", 8: "PROG_ATTACH", 28: "LINK_CREATE", 17: "RAW_TRACEPOINT_OPEN"}
_SOCKET_FILTER = 1  # BPF_PROG_TYPE_SOCKET_FILTER
_HOST_PROGRAMS = frozenset(
    {"systemd", "systemd-executor", "systemd-networkd", "systemd-udevd", "systemd-oomd", "systemd-nspawn", "bpftool",
     "bpftrace", "snapd", "snap-confine", "libvirtd", "virtqemud", "qemu-system-x86_64", "tc", "ip", "NetworkManager",
     "xdp-loader", "keepalived", "cilium-agent", "calico-node", "falco", "tetragon", "tracee", "datadog-agent",
     "system-probe", "perf", "opensnoop-bpfcc", "pwru", "inspektor-gadget", "pixie", "parca-agent", "beyla",
     "ebpf_exporter", "osqueryd", "sysdig", "periderm", "lxc-start", "lxd", "incusd", "nft", "ss", "loginctl", "dockerd",
     "bpfd", "bpfman", "udevadm", "tcpdump", "suricata", "zeek", "chronyd"}
)  # fmt: skip
_CONTAINED = frozenset(
    {"cilium-agent", "cilium", "calico-node", "falco", "tetragon", "tracee", "system-probe", "datadog-agent", "sysdig", "agent",
     "parca-agent", "beyla", "ebpf_exporter", "osqueryd", "periderm", "systemd", "bpfman", "pixie", "kubeshark", "hubble",
     "inspektor-gadget", "gadgettracermanager", "kindnetd", "otel-ebpf-profiler", "systemd-executor", "runc", "crun"}
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    command = _LOADS.get(event.arg0, "")
    if event.kind is not EventKind.BPF or not command or process.runtime:
        return None
    severity = _severity(context)
    if severity is None or (event.arg0 != 5 and severity < Severity.HIGH):
        return None
    filters = event.arg0 == 5 and event.arg1 == _SOCKET_FILTER
    return Verdict(
        object="socket filter" if filters else "program",
        severity=lower(severity) if context.failed else severity,
        fill={"command": command},
        techniques=("T1205.002", "T1014") if filters else (),
    )


def _severity(context: Context) -> Severity | None:
    process, what = context.process, context.command
    bad = context.server_shell or stranger(process)
    if context.contained:
        known = what.name in _CONTAINED and process.how == "entrypoint"
        return Severity.HIGH if bad or not known else None
    if bad:
        return Severity.HIGH
    if what.name in _HOST_PROGRAMS or what.name in programs.DEBUGGERS or what.name.endswith("-bpfcc"):
        return None
    # BCC's tools are scripts of Python; what a person runs by hand is told softly.
    return Severity.LOW if programs.interpreter(what.name) or context.system_program else Severity.MEDIUM


def _loads(process: int, command: int = 5, *, on: Subject | None = None, kind: int = 0, ret: int = 0) -> Event:
    flags = EventFlag.FAILED if ret else EventFlag(0)
    if on is None:
        return row(EventKind.BPF, process, arg0=command, arg1=kind, ret=ret, flags=flags)
    return row(EventKind.BPF, process, arg0=command, arg1=kind, ret=ret, flags=flags, on=on)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-028",
        title=Text("Load a BPF program from an unexpected program", "由非预期程序加载 BPF 程序"),
        message=Text(
            "{process} in {subject} put BPF code into the kernel ({command}).",
            "{subject} 中的 {process} 向内核加载了 BPF 代码（{command}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "See with `bpftool prog` and `bpftool link` what it is and who holds it. Take BPF, PERFMON and SYS_ADMIN from the "
            "container, and set kernel.unprivileged_bpf_disabled=1.",
            "用 `bpftool prog` 和 `bpftool link` 查看其内容与持有者。去掉容器的 BPF、PERFMON 和 SYS_ADMIN，"
            "并设置 kernel.unprivileged_bpf_disabled=1。",
        ),
        techniques=("T1014", "T1205.002"),
        behaviours=(28,),
        references=("man:bpf(2)",),
        fires=(
            Example(scene(runs(2, 1, "/app/x", "x"), _loads(2)), "from a container"),
            Example(scene(runs(2, 1, "/app/x", "x"), _loads(2, kind=1)), "a socket filter"),
            Example(scene(runs(2, 1, "/usr/sbin/bpftool", "bpftool"), _loads(2)), "a known tool, but in a container"),
            Example(scene(runs(2, 1, "/app/x", "x"), _loads(2, ret=-1)), "refused, told softer"),
            Example(
                scene(runs(2, 1, "/tmp/cilium-agent", "cilium-agent", flags=EventFlag.UPPER), _loads(2)),
                "under the name of a known one",
            ),
            Example(scene(runs(20, 10, "/tmp/x", "x", on=HOST), _loads(20, on=HOST)), "from /tmp on the host"),
            Example(scene(runs(20, 10, "/home/a/x", "x", on=HOST), _loads(20, on=HOST)), "a user's program on the host"),
        ),
        quiet=(
            Example(
                scene(runs(1, 0, "/usr/lib/systemd/systemd", "systemd", on=HOST), _loads(1, on=HOST)), "systemd's firewall"
            ),
            Example(
                scene(runs(90, 80, "/usr/sbin/runc", "runc", "create", on=HOST), _loads(90, on=HOST)),
                "the runtime guards a container's devices",
            ),
            Example(scene(runs(1, 0, "/usr/bin/cilium-agent", "cilium-agent", at=0.0), _loads(1)), "a network plugin"),
            Example(scene(runs(2, 1, "/app/x", "x"), _loads(2, 0)), "only a map is made"),
            Example(
                scene(runs(20, 10, "/usr/bin/bpftrace", "bpftrace", on=HOST), _loads(20, on=HOST)), "an administrator measures"
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.BPF,)),),
    judge=_judge,
)
