"""RUN-014: another process's environment or memory, or the kernel's memory, is opened for reading.

Its own files are everybody's right. Writing into memory is RUN-030.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FILE = re.compile(r".*/proc/(?P<pid>\d+|self|thread-self)(?:/task/\d+)?/(?P<what>environ|mem)")
_OWN = re.compile(r"(?:/proc/)?(?:self|thread-self)/.*|environ|mem")
_KERNEL = re.compile(r".*/proc/kcore|/dev/(?:mem|kmem|port)")
_WATCHERS = frozenset(
    """
    ps top htop btop atop pgrep pkill pidof lsof systemd systemd-executor systemd-detect-virt systemd-udevd systemd-logind
    systemd-journald systemd-coredump needrestart checkrestart glances procs pstree uptime w fuser ss node_exporter
    process-exporter dbus-daemon polkitd udisksd gnome-shell
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_KERNEL_READERS = frozenset(
    {"crash", "makedumpfile", "perf", "kdump", "drgn", "dmidecode", "bpftrace", "systemd", "vmcore-dmesg"}
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.OPEN or context.process.runtime or context.absent or not context.reads:
        return None
    path = programs.normal(event.text) if event.text else event.raw
    if _KERNEL.fullmatch(path):
        return _kernel(path, context)
    found = _FILE.fullmatch(path)
    if found is None or _own(found["pid"], context) or (found["what"] == "mem" and context.writes):
        return None
    thing = found["what"]
    if _expected(thing, found["pid"], context):
        return None
    severity = Severity.HIGH if thing == "mem" else Severity.MEDIUM
    if context.server_shell or context.process.drifted:
        severity = Severity.HIGH
    elif not context.contained:
        severity = lower(severity)
    return _verdict(f"/proc/*/{thing}", severity, context, {"pid": found["pid"]})


def _expected(thing: str, pid: str, context: Context) -> bool:
    """Tools that show processes; debuggers on a host; and scripts of a host that ask whether it is a container."""
    if not context.system_program or context.server_shell:
        return False
    name = context.command.name
    if name in _WATCHERS or name in programs.DEBUGGERS:
        return thing == "environ" or not context.contained
    return not context.contained and thing == "environ" and (pid == "1" or context.failed)


def _own(pid: str, context: Context) -> bool:
    """By the caller's own words, since a container counts its processes otherwise than the host. A relative name may be
    that of any process; it is believed where nothing else speaks against the process."""
    event = context.event
    if not pid.isdigit():
        return True
    if not context.contained and int(pid) == event.pid:
        return True
    if event.raw.startswith("/"):
        return _OWN.fullmatch(event.raw) is not None
    return _OWN.fullmatch(event.raw) is not None and not (context.server_shell or context.process.drifted)


def _kernel(path: str, context: Context) -> Verdict | None:
    if not context.contained and context.system_program and context.command.name in _KERNEL_READERS:
        return None
    severity = Severity.CRITICAL if context.contained else Severity.HIGH
    return _verdict(path, severity, context, {})


def _verdict(thing: str, severity: Severity, context: Context, evidence: dict[str, str]) -> Verdict:
    return Verdict(object=thing, severity=lower(severity) if context.failed else severity, evidence=evidence)


_SHELL = (
    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
    runs(3, 2, "/usr/bin/cat", "cat", "/proc/1/environ"),
)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-014",
        title=Text("Read another process's environment or memory", "读取其他进程的环境变量或内存"),
        message=Text("{process} in {subject} opened {object}.", "{subject} 中的 {process} 打开了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Passwords and keys live in environments and memory: change those that the process had. Run containers without "
            "SYS_PTRACE, and each program as its own user.",
            "口令和密钥存在于环境变量与内存中：请更换该进程持有的凭证。运行容器时去掉 SYS_PTRACE，并让每个程序使用独立用户。",
        ),
        techniques=("T1003.007", "T1083", "T1611"),
        behaviours=(14,),
        references=("man:proc(5)",),
        fires=(
            Example(scene(*_SHELL, opens(3, "/proc/1/environ")), "cat /proc/1/environ below a web server"),
            Example(scene(runs(3, 1, "/opt/x", "x"), opens(3, "/proc/7/task/9/mem")), "memory by way of a thread"),
            Example(scene(runs(3, 1, "/usr/bin/dd", "dd"), opens(3, "/proc/kcore")), "the kernel's memory"),
            Example(
                scene(runs(3, 1, "/usr/bin/cat", "cat"), opens(3, "/host/proc/1/environ")), "the host's processes by a mount"
            ),
            Example(
                scene(runs(30, 10, "/home/a/x", "x", on=HOST, uid=1000), opens(30, "/proc/1/environ", on=HOST, denied=True)),
                "a refused attempt on the host",
            ),
        ),
        quiet=(
            Example(
                scene(runs(3, 1, "/usr/bin/cat", "cat"), opens(3, "/proc/44/environ", raw="/proc/self/environ")),
                "its own environment",
            ),
            Example(
                scene(runs(30, 10, "/usr/bin/ps", "ps", "axe", on=HOST), opens(30, "/proc/77/environ", on=HOST)),
                "ps shows environments on the host",
            ),
            Example(
                scene(runs(30, 10, "/usr/bin/gdb", "gdb", "-p", "77", on=HOST), opens(30, "/proc/77/mem", on=HOST)),
                "a developer's debugger on the host",
            ),
            Example(scene(runs(3, 1, "/usr/bin/top", "top"), opens(3, "/proc/7/stat")), "top"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN,),
            text=(r"/proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?/(environ|mem)$", r"/proc/kcore$", r"^/dev/(mem|kmem|port)$"),
        ),
    ),
    judge=_judge,
)
