"""RUN-121: a file that lets people in over SSH is written: authorized_keys, or the server's own settings.

Reading private keys is RUN-013.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KEYS = re.compile(
    r".*/\.ssh/(?:authorized_keys2?|rc|environment)|/etc/ssh/(?:authorized_keys(?:/.*|\.d/.*)?|sshrc)"
    r"|/etc/dropbear/authorized_keys"
)
_SETTINGS = re.compile(
    r"/etc/ssh/sshd_config(?:\.d/[^/]+)?|/etc/ssh/[\w.-]*(?:ca|user)[\w.-]*\.pub|.*/\.(?:shosts|rhosts)|/etc/(?:ssh/shosts"
    r"|hosts)\.equiv"
)
_CLOUD = frozenset(
    """
    cloud-init waagent google_guest_agent google_accounts_daemon ec2-instance-connect ssh-import-id ssh-copy-id sshd
    systemd-homed
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    raw = paths.changed(context)
    if not raw:
        return None
    there = paths.place(raw, context)
    key = _KEYS.fullmatch(there.path) is not None
    if not key and not _SETTINGS.fullmatch(there.path):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    intruder = actors.intruding(context)
    if not key:
        severity = lower(severity)
    if not context.contained and not intruder:
        severity = lower(severity, 2 if context.system_program and context.command.name in _CLOUD else 1)
    if there.host:
        severity = max(severity, Severity.CRITICAL)  # the key opens the host
    return Verdict(object=programs.normal(raw), severity=severity, evidence={"how": context.event.kind.name.lower()})


_FILE = "/root/.ssh/authorized_keys"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-121",
        title=Text("Write a file that lets people in over SSH", "写入允许 SSH 登录的文件"),
        message=Text("{process} in {subject} changed {object}.", "{subject} 中的 {process} 修改了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Compare the file with what it should hold and remove foreign keys. Look for logins with them. Let keys be given "
            "by configuration management only, and make the file read-only for services.",
            "将该文件与应有内容比较并删除陌生密钥，检查是否有人用其登录。密钥只应由配置管理下发，并对服务设为只读。",
        ),
        techniques=("T1098.004",),
        behaviours=(13,),
        references=("man:sshd(8)",),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/bash", "bash"), opens(2, _FILE, write=True)), "a shell's redirection"),
            Example(
                scene(runs(2, 1, "/usr/bin/mv", "mv", "/tmp/k", _FILE), row(EventKind.RENAME, 2, _FILE, raw="/tmp/k")),
                "renamed into its place and never written there",
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), row(EventKind.LINK, 2, _FILE, raw="/tmp/k")),
                "a hard link",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/redis-server", "redis-server", at=0.0),
                    row(EventKind.RENAME, 1, _FILE, raw="temp-1.rdb"),
                ),
                "a database that was told to save itself there",
            ),
            Example(
                scene(runs(2, 1, "/bin/busybox", "tee"), opens(2, "/host/home/a/.ssh/authorized_keys", write=True)),
                "the host's file through a mount",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/sed", "sed", "-i"), opens(2, "/etc/ssh/sshd_config", write=True)),
                "the server's settings",
            ),
            Example(
                scene(runs(12, 10, "/usr/bin/python3.11", "python3", on=HOST), opens(12, _FILE, write=True, on=HOST)),
                "on a host",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/sbin/sshd", "sshd"), opens(2, _FILE)), "the server reads who may log in"),
            Example(
                scene(runs(2, 1, "/usr/bin/ssh", "ssh"), opens(2, "/root/.ssh/known_hosts", write=True)), "a new known host"
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/openssh-server.postinst", "configure"),
                    runs(4, 3, "/usr/bin/cp", "cp"),
                    opens(4, "/etc/ssh/sshd_config", write=True),
                ),
                "the package writes its settings",
            ),
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, _FILE)), "a look at it"),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                *paths.written(
                    r"/\.ssh/(authorized_keys2?|rc|environment)$", r"/etc/ssh/(sshd_config|authorized_keys|sshrc|shosts)"
                ),
                r"/etc/ssh/[\w.-]*(ca|user)[\w.-]*\.pub$|/\.[sr]hosts$|/hosts\.equiv$|dropbear/authorized_keys$",
            ),
        ),
    ),
    judge=_judge,
)
