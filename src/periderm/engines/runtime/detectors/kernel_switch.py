"""RUN-021: one of the kernel's switches is written by which it starts a program as root of the host, or stops the machine.

core_pattern, modprobe, uevent_helper, hotplug, poweroff_cmd, binfmt_misc, sysrq-trigger. The folder does not matter: proc and
sysfs can be mounted anywhere, and parts of them bound elsewhere.
"""

from __future__ import annotations

import re

from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_SETTING = re.compile(r".*/(?:kernel/(?:sysrq|panic|kexec_load_disabled|modules_disabled)|vm/panic_on_oom)")
_WALL = re.compile(
    r".*/(?:kernel/(?:randomize_va_space|kptr_restrict|unprivileged_bpf_disabled|yama/ptrace_scope|dmesg_restrict|"
    r"perf_event_paranoid)|fs/(?:protected_(?:sym|hard)links|suid_dumpable)|vm/(?:mmap_min_addr|unprivileged_userfaultfd))"
)
_SWITCHES: tuple[tuple[re.Pattern[str], Severity], ...] = (
    (re.compile(r"(?:.*/)?(?:core_pattern|uevent_helper)"), Severity.CRITICAL),
    (re.compile(r"(?:.*/)?(?:sys|kernel)/(?:kernel/)?(?:modprobe|hotplug|poweroff_cmd)"), Severity.CRITICAL),
    (re.compile(r"(?:.*/)?(?:kernel/)?usermodehelper/(?:bset|inheritable)"), Severity.HIGH),
    (re.compile(r".*binfmt[^/]*/(?:register|status)"), Severity.HIGH),
    (re.compile(r"(?:.*/)?sysrq-trigger"), Severity.HIGH),
    (_SETTING, Severity.LOW),
    (_WALL, Severity.MEDIUM),
)  # fmt: skip
_SETTERS = frozenset(
    {"systemd", "systemd-sysctl", "sysctl", "systemd-binfmt", "update-binfmts", "apport", "systemd-coredump", "kdump-config",
     "kdumpctl", "abrt-install-ccpp-hook", "systemd-shutdown", "systemd-executor", "tuned", "init", "snapd", "procps", "udevd",
     "systemd-udevd", "wsl-init", "kubelet", "kube-proxy", "reboot", "shutdown"}
)  # fmt: skip


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.OPEN or not context.writes or context.process.runtime or context.absent:
        return None
    path = event.text or event.raw
    severity = next((found for pattern, found in _SWITCHES if pattern.fullmatch(path)), None)
    if severity is None:
        return None
    if not context.contained:
        if not context.server_shell and context.system_program and context.command.name in _SETTERS:
            return None
        if not (context.server_shell or stranger(context.process)):
            severity = min(Severity.MEDIUM, lower(severity))
    elif severity <= Severity.MEDIUM and context.process.how == "entrypoint" and context.command.name in _SETTERS:
        return None  # `sysctl` of a container's own namespaces
    return Verdict(
        object=path, severity=lower(severity) if context.failed else severity, fill={"switch": path.rpartition("/")[2]}
    )


_SHELL = runs(2, 1, "/usr/bin/dash", "sh")
_CORE = "/proc/sys/kernel/core_pattern"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-021",
        title=Text("Write a kernel switch that runs programs on the host", "写入可在宿主机上执行程序的内核开关"),
        message=Text(
            "{process} in {subject} opened {object} for writing: with it the kernel itself can be told what to run or to stop.",
            "{subject} 中的 {process} 以写方式打开 {object}：借此可指使内核运行程序或停机。",
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Read what stands in the file now and put back what the distribution set. If a container wrote it, take it "
            "that the "
            "host was reached: never run it privileged, keep /proc/sys read-only and masked, take SYS_ADMIN from it.",
            "检查该文件当前内容并恢复发行版默认值。若由容器写入，请视宿主机已受影响：切勿以特权方式运行，"
            "保持 /proc/sys 只读并屏蔽，去掉 SYS_ADMIN。",
        ),
        techniques=("T1611",),
        behaviours=(21,),
        references=("man:core(5)", "man:proc(5)"),
        fires=(
            Example(scene(_SHELL, opens(2, _CORE, write=True)), "the handler of crashes, from a container"),
            Example(
                scene(_SHELL, opens(2, "/mnt/p/sys/kernel/core_pattern", arg0=2)), "a proc mounted elsewhere, read and write"
            ),
            Example(scene(_SHELL, opens(2, "/x/core_pattern", write=True)), "a part of proc bound elsewhere"),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/sys/kernel/uevent_helper", write=True)), "the helper of devices"
            ),
            Example(scene(_SHELL, opens(2, "/proc/sys/kernel/modprobe", write=True)), "the loader of modules"),
            Example(
                scene(_SHELL, opens(2, "/proc/sys/fs/binfmt_misc/register", write=True)), "an interpreter for set-user-id files"
            ),
            Example(scene(_SHELL, opens(2, "/proc/sysrq-trigger", write=True)), "stops the machine"),
            Example(scene(_SHELL, opens(2, _CORE, write=True, denied=True)), "refused, told softer"),
            Example(
                scene(runs(20, 10, "/tmp/x", "x", on=HOST), opens(20, _CORE, write=True, on=HOST)),
                "a program in /tmp on the host",
            ),
            Example(
                scene(runs(20, 10, "/usr/bin/bash", "bash", on=HOST), opens(20, _CORE, write=True, on=HOST)),
                "a root shell on the host, told softly",
            ),
        ),
        quiet=(
            Example(scene(_SHELL, opens(2, _CORE)), "only read"),
            Example(
                scene(
                    runs(20, 1, "/usr/lib/systemd/systemd-sysctl", "systemd-sysctl", on=HOST),
                    opens(20, _CORE, write=True, on=HOST),
                ),
                "the system's own setting at boot",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/sbin/update-binfmts", "update-binfmts", "--enable", on=HOST),
                    opens(20, "/proc/sys/fs/binfmt_misc/register", write=True, on=HOST),
                ),
                "a package registers its interpreter",
            ),
            Example(scene(_SHELL, opens(2, "/etc/sysctl.d/core_pattern.conf", write=True)), "a name that only begins so"),
            Example(
                scene(_SHELL, opens(2, "/proc/sys/net/core/somaxconn", write=True)), "a setting of the container's network"
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN,),
            writes=True,
            text=(
                r"(^|/)(core_pattern|uevent_helper|sysrq-trigger)$",
                r"(sys|kernel)/(modprobe|hotplug|poweroff_cmd|sysrq|panic|kexec_load_disabled|modules_disabled|randomize_va_space|kptr_restrict|unprivileged_bpf_disabled|yama/ptrace_scope|dmesg_restrict|perf_event_paranoid)$",
                r"usermodehelper/(bset|inheritable)$",
                r"binfmt[^/]*/(register|status)$",
                r"/(fs/protected_(sym|hard)links|fs/suid_dumpable|vm/panic_on_oom|vm/mmap_min_addr|vm/unprivileged_userfaultfd)$",
            ),
        ),
    ),
    judge=_judge,
)
