"""RUN-013: a private SSH key is read by a program that does not speak SSH.

Writing keys that let somebody in is RUN-121; the host's own keys are RUN-010.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_KEY = re.compile(
    r".*/\.ssh/(?:id_[\w-]+|identity|[\w.-]*(?:key|rsa|dsa|ed25519)[\w.-]*|[\w.-]+\.(?:pem|key|ppk))|.*/id_(?:rsa|dsa|ecdsa"
    r"|ed25519)(?:_sk)?"
)
_PUBLIC = re.compile(r".*(?:\.pub|/known_hosts\S*|/authorized_keys\S*)")
# Programs that use keys by right, and those that keep files as a whole.
_USERS = frozenset(
    """
    ssh ssh-add ssh-agent ssh-keygen ssh-keysign ssh-copy-id sftp scp slogin autossh sshd sshd-session sshd-auth git
    git-remote-ext mosh mosh-client rsync dropbear dbclient dropbearkey keychain gnome-keyring-daemon gpg-agent
    gcr-ssh-agent seahorse ansible ansible-playbook ansible-connection flux fluxctl argocd-repo-server argocd
    terraform vagrant packer sshfs lftp
    """.split()  # noqa: SIM905 -- a list this long reads better as words
)
_KEEPERS = frozenset(
    {"tar", "borg", "restic", "duplicity", "bacula-fd", "bareos-fd", "clamscan", "clamd", "aide", "chmod", "stat"}
)
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.MEDIUM,
    configuration=Severity.LOW,
    build=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if not context.reads or context.absent:
        return None
    path = paths.place(event.text or event.raw, context).path
    if not _KEY.fullmatch(path) or _PUBLIC.fullmatch(path) or _by_right(context):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who, what = actors.actor(context), context.command
    tool = what.name in programs.FILE_READERS or programs.is_shell(what) or what.name in programs.NET_TOOLS
    if who is Actor.PROGRAM and tool and context.contained:
        severity = max(severity, Severity.HIGH) if not context.failed else severity
    elif who is Actor.PERSON and not tool:
        severity = lower(severity)  # a person's program, not a person's look
    elif who is Actor.SERVER and not (tool or programs.interpreter(what.name) or ".." in event.raw):
        severity = lower(severity)
    if not context.contained and who is not Actor.INTRUDER:
        severity = lower(severity, 2 if _own(path, context) else 1)
    return Verdict(object=path, severity=severity)


def _own(path: str, context: Context) -> bool:
    """On a host: root looks at everything, a person at the own keys."""
    return context.process.uid == 0 or path.startswith("/home/")


def _by_right(context: Context) -> bool:
    if actors.intruding(context) or not context.system_program:
        return False
    name = context.command.name
    script = programs.base(programs.script(context.command)) if programs.interpreter(name) else ""
    return name in _USERS or script in _USERS or (name in _KEEPERS and not context.interactive)


_KEYFILE = "/root/.ssh/id_ed25519"

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-013",
        title=Text("Read a private SSH key", "读取 SSH 私钥"),
        message=Text("{process} in {subject} read the private key {object}.", "{subject} 中的 {process} 读取了私钥 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Take the public half of this key out of every authorized_keys file and make a new pair. Containers need no "
            "private "
            "keys in files: use an agent's socket or short-lived certificates.",
            "请从所有 authorized_keys 文件中删除对应公钥并重新生成密钥对。"
            "容器不应以文件形式保存私钥：请使用代理套接字或短期证书。",
        ),
        techniques=("T1552.004",),
        behaviours=(13,),
        references=("man:ssh-keygen(1)",),
        fires=(
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat", _KEYFILE), opens(2, _KEYFILE)), "cat of a key"),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    opens(1, "/home/a/.ssh/id_rsa", raw="../../home/a/.ssh/id_rsa"),
                ),
                "a web server is led there",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/perl", "perl", "-pe1"), opens(2, "/home/git/.ssh/deploy_key")), "an interpreter"
            ),
            Example(
                scene(runs(2, 1, "/tmp/ssh", "ssh", flags=EventFlag.UPPER), opens(2, _KEYFILE)),
                "a program that only calls itself ssh",
            ),
            Example(scene(runs(2, 1, "/usr/bin/cpio", "cpio", "-o"), opens(2, "/host" + _KEYFILE)), "the host's by a mount"),
            Example(
                scene(runs(2, 1, "/bin/busybox", "busybox", "base64"), opens(2, _KEYFILE, denied=True, uid=33)),
                "a refused attempt by an applet",
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/ssh", "ssh", "git@x"), opens(2, _KEYFILE)), "ssh uses a key"),
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, _KEYFILE + ".pub")), "the public half"),
            Example(scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/root/.ssh/known_hosts")), "known hosts"),
            Example(
                scene(runs(12, 10, "/usr/bin/ssh-add", "ssh-add", on=HOST), opens(12, "/home/a/.ssh/id_rsa", on=HOST)),
                "the agent is given a key on the host",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/chmod", "chmod", "600"), opens(2, _KEYFILE, arg0=0o10000000)),
                "opened as a path only",
            ),
        ),
    ),
    interests=(Interest(kinds=(EventKind.OPEN,), text=(r"/\.ssh/[^/\n]+$", r"/id_(rsa|dsa|ecdsa|ed25519)(_sk)?$")),),
    judge=_judge,
)
