"""RUN-122: a process becomes root by a way that is not one of the system's own (sudo, su, login, a daemon that was root).

A change without any call that explains it is RUN-063; giving a file the bit is RUN-034.
"""

from __future__ import annotations

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.needs import NOT_ROOT
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

# Programs that systems ship with the bit.
_SHIPPED = frozenset(
    """
    sudo sudoedit sudo-rs su su-rs doas pkexec passwd chsh chfn newgrp sg gpasswd chage expiry mount umount fusermount
    fusermount3 ping ping6 traceroute traceroute6 traceroute6.iputils arping crontab at batch atd ssh-keysign
    ssh-agent dbus-daemon-launch-helper polkit-agent-helper-1 unix_chkpwd unix2_chkpwd pam_timestamp_check newuidmap
    newgidmap Xorg.wrap Xorg wall write bsd-write locate plocate mlocate staprun snap-confine mount.nfs mount.cifs
    mount.fuse mount.ecryptfs_private umount.nfs pppd exim4 exim postdrop postqueue sendmail sendmail.sendmail
    procmail lockfile maildrop dumpcap utempter screen tmux chrome-sandbox bwrap ksu krb5_child ldap_child
    selinux_child sssd_pam proxy_child usernetctl cockpit-session userhelper grub2-set-bootflag
    vmware-user-suid-wrapper ntfs-3g kismet_capture qemu-bridge-helper spice-client-glib-usb-acl-helper suexec suexec2
    uml_net busybox bbsuid gosu su-exec runuser login cgexec fping mtr mtr-packet iputils-ping pmount pumount lppasswd
    camel-lock-helper-1.2 dotlockfile dotlock.mailutils mail-lock xlock virtuoso-wrapper sshd sshd-session cron crond
    vsftpd proftpd pure-ftpd smbd dovecot imap pop3 lmtp master local virtual pipe
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime or context.failed or actors.packaged(context):
        return None
    return _started(context) if context.event.kind is EventKind.EXEC else _changed(context)


def _changed(context: Context) -> Verdict | None:
    """setuid and its relatives, to 0."""
    event, process = context.event, context.process
    if event.arg0 != 0 or event.uid == 0 or process.born_uid == 0:
        return None  # a daemon that was root takes its right back
    if (context.system_program or context.process.package) and not actors.intruding(context) and _shipped(context):
        return None
    if not context.contained and context.parent is not None and context.parent.runtime:
        return None
    return _verdict(context, f"uid {event.uid} → 0")


def _shipped(context: Context) -> bool:
    name = context.command.name
    return name in _SHIPPED or bool(programs.server(context.process.exe, context.process.argv))


def _started(context: Context) -> Verdict | None:
    """A file with the bit is started that no system ships with it."""
    event, what = context.event, context.command
    if not event.has(EventFlag.SETUID_FILE):
        return None
    shell = programs.is_shell(what) or bool(programs.interpreter(what.name)) or context.process.copied_shell
    if what.name in _SHIPPED and context.system_program and not shell:
        return None
    if event.uid == 0 and not shell and not actors.intruding(context):
        return None  # root needs no bit
    if not shell and context.system_program and not context.process.foreign:
        return _verdict(context, "set-user-id", Severity.LOW)  # the image brought it so
    return _verdict(context, "set-user-id", Severity.CRITICAL if shell else None)


def _verdict(context: Context, what: str, severity: Severity | None = None) -> Verdict:
    if context.building:
        severity = Severity.LOW
    elif context.starting and severity is not Severity.LOW:
        severity = Severity.MEDIUM
    return Verdict(
        object=context.process.exe or context.event.exe, severity=severity, fill={"what": what}, evidence={"change": what}
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-122",
        title=Text("Run as root by an unusual way", "以异常方式获得 root 身份"),
        message=Text("{process} in {subject} became root ({what}).", "{subject} 中的 {process} 变为 root（{what}）。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Find the file that gave the right (find / -perm -4000, getcap -r /) and remove it. Run containers as a user, with "
            "no-new-privileges and without the SETUID capability.",
            "找出赋予该权限的文件（find / -perm -4000、getcap -r /）并将其移除。"
            "以普通用户运行容器，启用 no-new-privileges 并去掉 SETUID 能力。",
        ),
        techniques=("T1548.001", "T1068"),
        behaviours=(34,),
        references=("man:setuid(2)", "man:credentials(7)"),
        fires=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "import os; os.setuid(0)", uid=33),
                    row(EventKind.SETUID, 2, uid=33, arg0=0),
                ),
                "an interpreter with the capability",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/bash", "bash", "-p", uid=33, flags=EventFlag.SETUID_FILE)), "a shell with the bit"
            ),
            Example(scene(runs(2, 1, "/tmp/s", "s", uid=1000, flags=EventFlag.SETUID_FILE)), "a program in /tmp with the bit"),
            Example(
                scene(runs(2, 1, "/srv/su", "su", uid=33, flags=EventFlag.UPPER), row(EventKind.SETUID, 2, uid=33, arg0=0)),
                "a program that calls itself su",
            ),
            Example(
                scene(runs(12, 10, "/home/a/x", "x", uid=1000, on=HOST), row(EventKind.SETUID, 12, uid=1000, arg0=0, on=HOST)),
                "on the plain host",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/sudo", "sudo", "id", uid=1000, flags=EventFlag.SETUID_FILE),
                    row(EventKind.SETUID, 2, uid=1000),
                ),
                "sudo",
            ),
            Example(
                scene(runs(2, 1, "/usr/sbin/nginx", "nginx"), row(EventKind.SETUID, 2, uid=0, arg0=33)),
                "a server gives root away",
            ),
            Example(
                scene(
                    runs(2, 1, "/app/ftpd", "ftpd"), row(EventKind.SETUID, 2, arg0=33), row(EventKind.SETUID, 2, uid=33, arg0=0)
                ),
                "a daemon that was root takes it back for a moment",
            ),
            Example(
                scene(
                    runs(2, 1, "/srv/x", "x", uid=33), row(EventKind.SETUID, 2, uid=33, arg0=0, ret=-1, flags=EventFlag.FAILED)
                ),
                "asked, and refused",
            ),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.SETUID,), needs=(NOT_ROOT,)),
        Interest(kinds=(EventKind.EXEC,), flags=EventFlag.SETUID_FILE),
    ),
    judge=_judge,
)
