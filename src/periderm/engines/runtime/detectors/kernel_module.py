"""RUN-027: a kernel module is loaded: from a container always bad, on a host bad if not by the system from its own folder."""

from __future__ import annotations

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_LOADERS = frozenset(
    {"modprobe", "kmod", "insmod", "systemd-modules-load", "systemd-udevd", "udevadm", "udevd", "systemd", "depmod", "dkms",
     "busybox", "systemd-executor", "init"}
)  # fmt: skip
_FOLDERS = ("/lib/modules/", "/usr/lib/modules/", "/run/booted-system/kernel-modules/", "/nix/store/")


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if event.kind is not EventKind.MODULE:
        return None
    path = event.text or event.raw
    if context.contained:
        severity = Severity.CRITICAL
    else:
        loader = context.system_program and (context.command.name in _LOADERS or programs.base(context.process.exe) in _LOADERS)
        own = path.startswith(_FOLDERS)
        if loader and (own or not path) and not context.server_shell:
            return None
        severity = Severity.MEDIUM if loader and not context.server_shell else Severity.HIGH
    return Verdict(
        object=path or "(from memory)",
        severity=lower(severity) if context.failed else severity,
        fill={"module": programs.base(path) or "?"},
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-027",
        title=Text("Load a kernel module", "加载内核模块"),
        message=Text(
            "{process} in {subject} loads the kernel module {module}.", "{subject} 中的 {process} 加载内核模块 {module}。"
        ),
        severity=Severity.CRITICAL,
        maturity=Maturity.STABLE,
        remediation=Text(
            "A module can do everything and hide it. If it was not you, take the machine out of service and build it anew. "
            "Take SYS_MODULE from containers; demand signed modules (module.sig_enforce=1, lockdown).",
            "内核模块可以做任何事并隐藏自己。若非本人所为，请将机器下线并重建。去掉容器的 SYS_MODULE，并强制模块签名"
            "（module.sig_enforce=1、lockdown）。",
        ),
        techniques=("T1547.006",),
        behaviours=(27,),
        fires=(
            Example(
                scene(runs(2, 1, "/sbin/insmod", "insmod"), row(EventKind.MODULE, 2, "/tmp/r.ko")), "insmod in a container"
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/kmod", "modprobe"), row(EventKind.MODULE, 2, "/lib/modules/6/x.ko")),
                "even a module of the distribution, from a container",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.MODULE, 2, flags=EventFlag.FAILED, ret=-1)),
                "init_module from memory, refused",
            ),
            Example(
                scene(runs(20, 10, "/usr/bin/kmod", "insmod", on=HOST), row(EventKind.MODULE, 20, "/tmp/r.ko", on=HOST)),
                "a module from /tmp on the host",
            ),
            Example(
                scene(
                    runs(20, 10, "/home/a/modprobe", "modprobe", on=HOST),
                    row(EventKind.MODULE, 20, "/lib/modules/6/x.ko", on=HOST),
                ),
                "a loader that is not the system's",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(20, 10, "/usr/bin/kmod", "modprobe", "overlay", on=HOST),
                    row(EventKind.MODULE, 20, "/usr/lib/modules/6.1/overlay.ko", on=HOST),
                ),
                "modprobe on the host",
            ),
            Example(
                scene(
                    runs(20, 1, "/usr/lib/systemd/systemd-udevd", "systemd-udevd", on=HOST),
                    row(EventKind.MODULE, 20, "/lib/modules/6.1/kernel/snd.ko.xz", on=HOST),
                ),
                "a device is plugged in",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.MODULE,)),),
    judge=_judge,
)
