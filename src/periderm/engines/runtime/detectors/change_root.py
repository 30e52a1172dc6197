"""RUN-026: a program in a container changes its root (chroot, pivot_root): into a mount of the host it is then on the host.

Daemons that lock themselves in, package managers and builds do it too and are known; the runtime's own is not meant.
"""

from __future__ import annotations

import re

import msgspec

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.lent import on_host, sees_host
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.engines.runtime.situation import installing, stranger
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_LOCK_THEMSELVES_IN = frozenset(
    {"sshd", "sshd-session", "sshd-auth", "named", "unbound", "haproxy", "vsftpd", "proftpd", "postfix", "master", "smtpd",
     "qmgr", "pickup", "cleanup", "ntpd", "chronyd", "nsd", "dovecot", "dhcpd", "rsync", "tftpd", "in.tftpd", "openvpn",
     "tcpdump", "avahi-daemon", "rpcbind", "mariadbd", "nginx", "lighttpd", "apache2", "httpd", "php-fpm", "squid", "snort",
     "suricata", "opendkim", "bird", "chrome", "chromium", "firefox", "bwrap", "flatpak-bwrap", "systemd",
     "systemd-executor", "systemd-nspawn", "nix", "nix-daemon", "guix-daemon", "rpm", "dnf", "dpkg", "apt", "apk",
     "imap-login", "buildah", "podman", "dockerd", "runc", "crun", "kaniko", "executor", "fakechroot", "lintian", "sbuild",
     "pbuilder", "man", "mandb", "stunnel4"}
)  # fmt: skip
_TOOLS = frozenset(
    {"debootstrap", "mmdebstrap", "pbuilder", "cowbuilder", "sbuild", "schroot", "mock", "pacstrap", "arch-chroot",
     "livecd-creator", "lb", "kiwi", "mkosi", "buildroot", "yocto", "bitbake", "apko", "melange"}
)  # fmt: skip
_TRIVIAL = frozenset({"", "/", "."})
_LIKE_HOST = re.compile(r"/proc/(?:\d+|self)/(?:root|cwd|fd/\d+)(?:/.*)?|/(?:host|rootfs|hostfs|node)[\w-]*/?|/mnt/?")


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    subject = event.subject
    if process.runtime or context.building or not isinstance(subject, Container) or context.absent:
        return None
    target = event.raw if event.raw.startswith("/proc/") else programs.normal(event.text or event.raw)
    if event.kind is EventKind.CHROOT and target in _TRIVIAL:
        return None
    bad = context.server_shell or stranger(process)
    source = on_host(target, subject)
    through = target.startswith("/proc/1/") and sees_host(subject)
    if through or (source and len(source.strip("/").split("/")) < 2):
        severity = Severity.CRITICAL
    elif not bad and (context.command.name in _LOCK_THEMSELVES_IN or _by_tool(context)):
        return None
    elif bad or source or _LIKE_HOST.fullmatch(target):
        severity = Severity.HIGH
    else:
        severity = Severity.MEDIUM
    return Verdict(
        object=target,
        severity=lower(severity) if context.failed else severity,
        fill={"source": source or "?"},
        evidence={"on_host": source} if source else {},
    )


def _by_tool(context: Context) -> bool:
    if installing(context) is not None:
        return True
    return any(p.script.rpartition("/")[2] in _TOOLS or programs.command(p.exe, p.argv).name in _TOOLS for p in context.lineage)


_ROOT = msgspec.structs.replace(SHOP, mount_sources=("/:/host:rw",))
_PIDS = msgspec.structs.replace(SHOP, host_namespaces=("pid",))

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-026",
        title=Text("Change the root inside a container", "在容器内更改根目录"),
        message=Text(
            "{process} in {subject} made {object} its root (on the host: {source}).",
            "{subject} 中的 {process} 把 {object} 设为根目录（宿主机路径：{source}）。",
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "If the new root is the host's, what ran there ran on the host: look at its processes and files. Take "
            "SYS_CHROOT and "
            "the mount from the container.",
            "如果新的根目录属于宿主机，其中的程序就已在宿主机上运行：请检查宿主机的进程和文件。"
            "去掉容器的 SYS_CHROOT 和该挂载。",
        ),
        techniques=("T1611",),
        behaviours=(26,),
        references=("man:chroot(2)", "man:pivot_root(2)"),
        fires=(
            Example(
                scene(runs(2, 1, "/usr/sbin/chroot", "chroot", "/host", on=_ROOT), row(EventKind.CHROOT, 2, "/host", on=_ROOT)),
                "into the host",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x", on=_PIDS), row(EventKind.CHROOT, 2, "/", raw="/proc/1/root", on=_PIDS)),
                "through the host's first process",
            ),
            Example(
                scene(runs(2, 1, "/bin/busybox", "busybox", "chroot", "/mnt/x"), row(EventKind.CHROOT, 2, "/mnt/x")),
                "busybox's",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.PIVOT_ROOT, 2, "/tmp/n", raw="/tmp/n/old")), "pivot_root instead"
            ),
            Example(
                scene(runs(2, 1, "/tmp/sshd", "sshd", flags=EventFlag.UPPER), row(EventKind.CHROOT, 2, "/tmp/r")),
                "a program that only calls itself sshd",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), row(EventKind.CHROOT, 2, "/h", ret=-1, flags=EventFlag.FAILED)),
                "refused, told softer",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/sbin/sshd", "sshd"), row(EventKind.CHROOT, 2, "/run/sshd")), "sshd locks itself in"),
            Example(scene(runs(2, 1, "/app/x", "x"), row(EventKind.CHROOT, 2, "/")), "to where it is already"),
            Example(
                scene(
                    runs(
                        2,
                        1,
                        "/bin/sh",
                        "sh",
                        "/usr/sbin/debootstrap",
                        "bookworm",
                        "/r",
                        raw="/usr/sbin/debootstrap",
                        flags=EventFlag.SCRIPT,
                    ),
                    runs(3, 2, "/usr/sbin/chroot", "chroot", "/r", "true"),
                    row(EventKind.CHROOT, 3, "/r"),
                ),
                "a distribution is unpacked",
            ),
            Example(
                scene(
                    runs(90, 80, "/usr/sbin/runc", "runc", "init", on=HOST),
                    row(EventKind.FORK, 91, parent=90),
                    row(EventKind.PIVOT_ROOT, 91, ".", raw="."),
                ),
                "the runtime sets up a container",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.CHROOT, EventKind.PIVOT_ROOT), where=Where.CONTAINER),),
    judge=_judge,
)
