"""RUN-123: an account is added, changed or given a password with the system's tools, outside of packages and start scripts.

Which name it gets is looked at by RUN-124.
"""

from __future__ import annotations

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CREATE = frozenset({"useradd", "adduser", "newusers", "luseradd", "groupadd", "addgroup", "lgroupadd"})
_CHANGE = frozenset(
    """
    usermod chpasswd passwd gpasswd chage chsh vipw groupmod lusermod lpasswd visudo userdel deluser groupdel delgroup
    chgpasswd pwunconv
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_LOOKS = frozenset({"-S", "--status", "-l", "--list", "-D", "--defaults", "--help", "-h", "-a", "--version"})
_POWER = frozenset({"sudo", "wheel", "admin", "root", "docker", "adm", "shadow", "disk", "lxd", "libvirt", "kvm"})
_GRADES = actors.grades(
    Severity.HIGH,
    person=Severity.MEDIUM,
    server=Severity.HIGH,
    program=Severity.MEDIUM,
    start=Severity.LOW,
    configuration=Severity.LOW,
)


def _judge(context: Context) -> Verdict | None:
    what = context.command
    name = what.name
    if programs.interpreter(name) or programs.is_shell(what):
        name = programs.base(programs.script(what))
        arguments = what.arguments[1:]
    else:
        arguments = what.arguments
    if name not in _CREATE and name not in _CHANGE:
        return None
    if name in ("passwd", "chage", "chsh") and (not arguments or arguments[0] in _LOOKS) and not context.server_shell:
        return None
    if arguments[:1] == ("--help",) or (name == "useradd" and arguments[:1] in (("-D",), ("--defaults",))):
        return None
    if any(
        programs.base(p.exe) in _CREATE | _CHANGE or programs.base(programs.script(_of(p))) in _CREATE
        for p in context.ancestors[:2]
    ):
        return None  # adduser calls useradd
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    groups = {group for argument in arguments for group in argument.split(",")}
    powerful = bool(groups & _POWER) and name in ("usermod", "useradd", "gpasswd", "adduser", "addgroup")
    who = actors.actor(context)
    if powerful and who not in (Actor.START, Actor.CONFIGURATION):
        severity = Severity.HIGH
    if not context.contained and who is not Actor.INTRUDER:
        severity = lower(severity, 1 if powerful else 2)
    created = name in _CREATE
    return Verdict(
        object=next((a for a in reversed(arguments) if not a.startswith("-")), name),
        severity=severity,
        fill={"line": " ".join((name, *arguments))},
        techniques=("T1136.001",) if created else ("T1098",),
    )


def _of(process: object) -> programs.Command:
    return programs.command(getattr(process, "exe", ""), getattr(process, "argv", ()))


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")
_EXEC = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-123",
        title=Text("Create or change an account", "创建或更改账户"),
        message=Text("In {subject} accounts are changed: {line}", "{subject} 中更改了账户：{line}"),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Accounts of a container belong into its image. Remove the account, and leave account tools out of images that are "
            "not built any further.",
            "容器的账户应在镜像中定义。请删除该账户，并从不再构建的镜像中移除账户工具。",
        ),
        techniques=("T1136.001", "T1098"),
        behaviours=(37,),
        references=("man:useradd(8)",),
        fires=(
            Example(scene(_NGINX, _SH, runs(3, 2, "/usr/sbin/useradd", "useradd", "-m", "eve")), "below a server's shell"),
            Example(scene(runs(2, 900, "/bin/busybox", "adduser", "-D", "eve", flags=_EXEC)), "busybox in a session"),
            Example(
                scene(runs(2, 900, "/usr/sbin/usermod", "usermod", "-aG", "sudo", "www-data", flags=_EXEC)),
                "into a powerful group",
            ),
            Example(scene(runs(2, 1, "/usr/bin/perl", "perl", "/usr/sbin/adduser", "eve")), "Debian's script"),
            Example(scene(_NGINX, _SH, runs(3, 2, "/usr/sbin/chpasswd", "chpasswd")), "a password is set without a terminal"),
            Example(scene(runs(12, 10, "/usr/sbin/useradd", "useradd", "eve", on=HOST)), "on the plain host, said softly"),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/redis.postinst", "configure"),
                    runs(4, 3, "/usr/sbin/useradd", "useradd", "redis"),
                ),
                "a package adds its user",
            ),
            Example(scene(runs(2, 1, "/usr/bin/passwd", "passwd", "-S", "root")), "a look at the state of a password"),
            Example(scene(runs(2, 1, "/usr/sbin/useradd", "useradd", "-D")), "a look at the defaults"),
            Example(scene(runs(2, 1, "/usr/bin/getent", "getent", "passwd")), "a look-up"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(rf"/({programs.names(_CREATE | _CHANGE)})$",),
            args=(
                rf"^([^\n\x00]*/)?(busybox\x00)?({programs.names(_CREATE | _CHANGE)})(\x00|$)",
                rf"\x00([^\n\x00]*/)?({programs.names(_CREATE | _CHANGE)})(\x00|$)",
            ),
        ),
    ),
    judge=_judge,
)
