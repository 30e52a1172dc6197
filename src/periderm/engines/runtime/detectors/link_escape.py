"""RUN-064: links and mounts are laid so that somebody with more rights follows them: a link out of a volume, two names that
are exchanged under a mount, a way up from a descriptor, a mask of the kernel's files taken off.

Where the host follows such a link (kubelet, a backup) is not seen here: the trap itself is told.
"""

from __future__ import annotations

import re

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.lent import lent
from periderm.engines.runtime.scene import SHOP, opens, row, runs, scene
from periderm.engines.runtime.situation import installing, stranger
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_RACES = 3  # exchanges of one pair within a few seconds: once is an atomic update
_RACE_SECONDS = 20.0
_LINK_SECONDS = 600.0
_DESCRIPTOR = re.compile(r"/(?:proc/(?:self|thread-self|\d+)(?:/task/\d+)?|dev)/fd/\d+(?:/.*)?")
_OUT = re.compile(
    r"/|/(?:etc|root|proc|sys|dev|boot|home)(?:/.*)?|/var/(?:lib/(?:kubelet|docker|containers|containerd)|run|spool)(?:/.*)?"
    r"|/run/(?:docker|containerd|crio|podman)\S*|/proc/(?:self|\d+)/(?:root|cwd|fd)(?:/.*)?"
)
_UPWARDS = re.compile(r"(?:\.\./){4,}.*|.*/(?:\.\./){4,}.*")
_WAY_UP = re.compile(r"/(?:proc/(?:self|thread-self|\d+)(?:/task/\d+)?|dev)/fd/\d+/(?:\.\.?/)*\.\.(?:/.*)?")
_HARMLESS_OUT = re.compile(
    r"/dev/(?:null|stdout|stderr|stdin|fd(?:/.*)?|zero|random|urandom|shm(?:/.*)?|tty|pts/.*)|/proc/self/(?:fd/[012]|mounts)|/etc/(?:mtab|localtime|resolv\.conf|ssl/.*|alternatives/.*|hostname)|/proc/(?:self/)?mounts"
)
_MASKS = re.compile(
    r"/proc/(?:kcore|keys|timer_list|sched_debug|scsi|acpi|asound|latency_stats|timer_stats|sys|sysrq-trigger|bus|fs|irq)(?:/.*)?|/sys/(?:firmware|dev/block|devices/virtual/powercap)(?:/.*)?"
)


def _judge(context: Context) -> Verdict | None:
    container = context.event.subject
    if context.process.runtime or context.building or not isinstance(container, Container) or context.absent:
        return None
    found = _KINDS[context.event.kind](context, container)
    if found is None or installing(context) is not None:
        return None
    severity, trap = found
    if context.server_shell or stranger(context.process):
        severity = max(severity, Severity.HIGH)
    return Verdict(
        object=context.event.text or context.event.raw,
        severity=lower(severity) if context.failed else severity,
        fill={"trap": trap, "target": context.event.raw or "?"},
    )


Found = tuple[Severity, Text] | None


def _link(context: Context, container: Container) -> Found:
    """A link to a descriptor; or a link in a volume that, followed on the host, leads out of it."""
    path, target = programs.normal(context.event.text), context.event.raw
    if _DESCRIPTOR.fullmatch(target) and not _HARMLESS_OUT.fullmatch(target):
        return Severity.HIGH, Text("a link to a descriptor", "指向描述符的链接")
    if not _in_volume(path, container):
        return None
    plain = programs.normal(target)
    _linked(context, path)
    if _UPWARDS.fullmatch(target):
        return Severity.HIGH, Text("a link that leads up out of a volume", "通向卷外上层的链接")
    if (
        target.startswith("/")
        and _OUT.fullmatch(plain)
        and not _HARMLESS_OUT.fullmatch(plain)
        and not _in_volume(plain, container)
    ):
        severity = (
            Severity.HIGH
            if plain == "/"
            or plain.startswith(("/var/lib/kubelet", "/root", "/proc", "/etc/shadow", "/etc/kubernetes", "/run/"))
            else Severity.MEDIUM
        )
        return severity, Text("a link out of a volume", "指向卷外的链接")
    return None


def _exchange(context: Context, container: Container) -> Found:
    event = context.event
    if not event.arg0 & _EXCHANGE:
        return None
    names = (programs.normal(event.text), programs.normal(event.raw))
    if any(_in_volume(name, container) and _linked(context, name) > 1 for name in names):
        return Severity.HIGH, Text("a link that is put in another name's place", "顶替其他名称的链接")
    pair = "\0".join(sorted((event.text, event.raw)))
    turns = max(event.count, context.distinct("exchange:" + pair, str(event.time), _RACE_SECONDS, per="subject"))
    if turns < _RACES:
        return None
    return Severity.HIGH, Text("two names that are exchanged again and again", "反复互换的两个名称")


def _linked(context: Context, path: str) -> int:
    """Remembers that a link was made here, or asks: 2 if it was made by one event and is asked for by another."""
    return context.distinct("link:" + path, context.event.kind.name, _LINK_SECONDS, per="subject")


def _unmask(context: Context, _container: Container) -> Found:
    path = programs.normal(context.event.text or context.event.raw)
    if not _MASKS.fullmatch(path):
        return None
    return Severity.HIGH, Text("a mask of the kernel's files taken off", "移除内核文件屏蔽")


def _climb(context: Context, _container: Container) -> Found:
    """`/proc/self/fd/7/../../etc/shadow`: up from a folder that the runtime left open."""
    if not _WAY_UP.fullmatch(context.event.raw):
        return None
    return Severity.CRITICAL, Text("a way up from a descriptor", "从描述符向上穿越")


def _foreign_program(context: Context, _container: Container) -> Found:
    """A program is started through another process's root, folder or descriptor."""
    raw = context.event.raw
    if not re.fullmatch(r"/proc/\d+/(?:root|cwd|fd/\d+)/.+", raw) or context.event.has(EventFlag.SCRIPT):
        return None
    return Severity.HIGH, Text("a program behind another process's root", "经其他进程根目录启动的程序")


def _in_volume(path: str, container: Container) -> bool:
    """Below what the host lends as a folder; files that the runtime itself lends (hosts, resolv.conf) are no volumes."""
    return any(
        path.startswith(place.rstrip("/") + "/") and writable for _, place, writable in lent(container) if place != "/dev/shm"
    )


_KINDS = {
    EventKind.SYMLINK: _link,
    EventKind.RENAME: _exchange,
    EventKind.UMOUNT: _unmask,
    EventKind.OPEN: _climb,
    EventKind.EXEC: _foreign_program,
}
_BOX = msgspec.structs.replace(SHOP, mount_sources=("/srv/v:/data:rw",))
_PROGRAM = runs(2, 1, "/app/x", "x", on=_BOX)


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-064",
        title=Text("Set a trap of links or mounts to leave a container", "用链接或挂载设陷阱以逃出容器"),
        message=Text(
            "{process} in {subject}: {trap} at {object} ({target}).",
            "{subject} 中的 {process}：{trap}，位于 {object}（{target}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.EXPERIMENTAL,
        remediation=Text(
            "Look whether something on the host followed it (kubelet, backups, `podman cp`). Update the runtime and "
            "kubelet, mount "
            "volumes with nosymfollow where nothing needs links, and do not use subPath on volumes that others write.",
            "检查宿主机上是否有程序跟随了它（kubelet、备份、`podman cp`）。更新运行时和 kubelet，"
            "无需链接的卷请用 nosymfollow 挂载，"
            "不要在他人可写的卷上使用 subPath。",
        ),
        techniques=("T1611",),
        behaviours=(64,),
        references=("CVE-2021-30465", "CVE-2021-25741", "CVE-2024-21626"),
        fires=(
            Example(scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/data/x", raw="/", on=_BOX)), "a link to the root in a volume"),
            Example(
                scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/data/log", raw="/etc/shadow", on=_BOX)),
                "a link to a file of the host",
            ),
            Example(
                scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/data/a/b", raw="../../../../../../etc", on=_BOX)),
                "a link that leads upwards",
            ),
            Example(
                scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/w", raw="/proc/self/fd/8", on=_BOX)),
                "a folder that leaked, by a link",
            ),
            Example(
                scene(
                    _PROGRAM,
                    *(row(EventKind.RENAME, 2, "/data/a", raw="/data/b", arg0=2, on=_BOX, at=601.0 + n) for n in range(3)),
                ),
                "two names are exchanged under a mount",
            ),
            Example(
                scene(
                    _PROGRAM,
                    row(EventKind.SYMLINK, 2, "/data/l", raw="/data/other", on=_BOX),
                    row(EventKind.RENAME, 2, "/data/d", raw="/data/l", arg0=2, on=_BOX),
                ),
                "a link takes the place of a folder, once",
            ),
            Example(scene(_PROGRAM, row(EventKind.UMOUNT, 2, "/proc/kcore", on=_BOX)), "a mask is taken off"),
            Example(
                scene(_PROGRAM, opens(2, "/etc/shadow", raw="/proc/self/fd/7/../../../etc/shadow", on=_BOX)),
                "up from a descriptor",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/id", "id", raw="/proc/8/root/usr/bin/id", on=_BOX)), "a program behind another root"
            ),
        ),
        quiet=(
            Example(
                scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/var/log/nginx/access.log", raw="/dev/stdout", on=_BOX)),
                "a log to standard output",
            ),
            Example(
                scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/data/current", raw="releases/7", on=_BOX)),
                "the release that is in use",
            ),
            Example(scene(_PROGRAM, row(EventKind.SYMLINK, 2, "/data/b", raw="/data/a", on=_BOX)), "a link within the volume"),
            Example(
                scene(_PROGRAM, row(EventKind.RENAME, 2, "/data/a", raw="/data/b", arg0=2, on=_BOX)), "one exchange: an update"
            ),
            Example(scene(_PROGRAM, row(EventKind.UMOUNT, 2, "/mnt/x", on=_BOX)), "something else is unmounted"),
            Example(scene(_PROGRAM, opens(2, "/tmp/a", raw="/proc/self/fd/5", on=_BOX)), "its own descriptor"),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.SYMLINK,), where=Where.CONTAINER),
        Interest(kinds=(EventKind.RENAME,), arg0=_EXCHANGE, where=Where.CONTAINER),
        Interest(kinds=(EventKind.UMOUNT,), text=(r"^/(proc|sys)/",), where=Where.CONTAINER),
        Interest(kinds=(EventKind.OPEN,), text=(r"/fd/[0-9]+/[./]*\.\.",), where=Where.CONTAINER),
        Interest(kinds=(EventKind.EXEC,), text=(r"^/proc/[0-9]+/(root|cwd|fd)/",), where=Where.CONTAINER),
    ),
    judge=_judge,
)
