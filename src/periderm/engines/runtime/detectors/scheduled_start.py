"""RUN-038: something is laid where the system will start it by itself: cron, at, systemd, init scripts, udev, motd, autostart.

A shell's own start files are RUN-039, the loader's RUN-033.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import actors, paths, programs
from periderm.engines.runtime.actors import Actor
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, lower
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_PLACES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "T1053.003",
        re.compile(
            r"/etc/(?:ana)?crontab|/etc/cron\.(?:(?:d|hourly|daily|weekly|monthly|yearly)/[^/]+|allow|deny)"
            r"|/var/spool/(?:cron|anacron)(?:/.*)?|/etc/crontabs/.*|/etc/periodic/.*"
        ),
    ),
    ("T1053.002", re.compile(r"/var/spool/(?:at|atjobs|cron/atjobs)(?:/.*)?")),
    (
        "T1543.002",
        re.compile(
            r"(?:/etc|/run|(?:/usr(?:/local)?)?/lib)/systemd/(?:system|user|system-generators"
            r"|user-generators|system-environment-generators|system-sleep|system-shutdown)(?:/.*)?"
            r"|.*/\.config/systemd/user/.*|.*/\.local/share/systemd/user/.*|/var/lib/systemd/linger/.*"
            r"|/usr/share/dbus-1/system-services/.*"
        ),
    ),
    (
        "T1037.004",
        re.compile(
            r"/etc/(?:rc\.local|rc\d?\.d/.*|rc\.d/.*|init\.d/.*|init/[^/]*\.conf|inittab|local\.d/.*"
            r"|runlevels/.*|conf\.d/.*|update-motd\.d/.*|sv/.*|service/.*|s6-overlay/.*|services\.d/.*"
            r"|cont-init\.d/.*|X11/Xsession\.d/.*|network/if-(?:up|down|pre-up|post-down)\.d/.*"
            r"|NetworkManager/dispatcher\.d/.*|networkd-dispatcher/.*|ppp/ip-up\.d/.*"
            r"|dhcp/dhclient-\w+-hooks\.d/.*)"
        ),
    ),
    ("T1546.017", re.compile(r"(?:/etc|/run|(?:/usr(?:/local)?)?/lib)/udev/rules\.d/.*")),
    ("T1547.013", re.compile(r"/etc/xdg/autostart/.*|.*/\.config/autostart(?:-scripts)?/.*|/usr/share/autostart/.*")),
    (
        "T1546",
        re.compile(
            r"/etc/apt/apt\.conf\.d/.*|/etc/(?:dnf|yum)/plugins/.*|/usr/lib/python3[\d./]*/(?:site"
            r"|dist)-packages/(?:sitecustomize|usercustomize|[\w-]+)\.p(?:y|th)"
            r"|/usr/lib/python3[\d.]*/sitecustomize\.py|.*/\.git/hooks/[\w-]+|/etc/logrotate\.d/.*"
            r"|/etc/supervisor/conf\.d/.*"
        ),
    ),
)
_CRON_OWN = frozenset(
    {"crontab", "cron", "crond", "anacron", "at", "atd", "batch", "fcron", "cronie", "busybox", "run-parts", "dcron"}
)
_SYSTEMD = frozenset(
    """
    systemctl systemd systemd-sysv-install update-rc.d systemd-run chkconfig deb-systemd-helper deb-systemd-invoke
    loginctl systemd-logind rc-update invoke-rc.d insserv
    """.split()  # noqa: SIM905 -- a list reads better as words
)
_PASSIVE = re.compile(
    r".*(?:\.sw[pxo]|~|\.placeholder|/\.[^/]+\.sw\w|\.timestamp|/\.lock|\.SEQ|/tmp\.\w+)|/var/spool/anacron/cron\.\w+"
)
_SOFT = frozenset({"T1546", "T1547.013"})
_GRADES = actors.grades(
    Severity.CRITICAL,
    person=Severity.HIGH,
    server=Severity.HIGH,
    program=Severity.HIGH,
    start=Severity.LOW,
    configuration=Severity.LOW,
    build=Severity.LOW,
)
_COMMANDS = frozenset({"crontab", "at", "batch", "systemctl", "systemd-run", "update-rc.d", "chkconfig", "rc-update"})


def _judge(context: Context) -> Verdict | None:
    if context.event.kind is EventKind.EXEC:
        return _command(context)
    raw = paths.changed(context)
    if not raw:
        return None
    there = paths.place(raw, context)
    if not there.host and not context.contained and there.path.startswith("/run/"):
        return None  # generated at every boot of a host
    technique = next((technique for technique, place in _PLACES if place.fullmatch(there.path)), "")
    if not technique or _PASSIVE.fullmatch(there.path) or there.path.endswith(".git/hooks"):
        return None
    severity = _severity(technique, there, context)
    if severity is None:
        return None
    return Verdict(
        object=programs.normal(raw),
        severity=severity,
        techniques=(technique,),
        evidence={"how": context.event.kind.name.lower()},
    )


def _severity(technique: str, there: paths.Place, context: Context) -> Severity | None:
    severity = actors.grade(context, _GRADES)
    if severity is None:
        return None
    who = actors.actor(context)
    name = context.command.name
    if context.system_program and who is not Actor.INTRUDER and not there.host:
        if name in ("cron", "crond", "anacron", "atd", "systemd", "systemd-logind", "run-parts", "logrotate"):
            return None  # they keep their own tables
        if name in _CRON_OWN or name in _SYSTEMD:
            severity = lower(severity)
    if technique in _SOFT and not there.host and who is not Actor.INTRUDER:
        if ".git/hooks" in there.path or "-packages/" in there.path:
            return Severity.LOW if who in (Actor.SERVER, Actor.PERSON) and name not in ("git", "cp", "pip", "pip3") else None
        severity = lower(severity)
    if not context.contained and who is not Actor.INTRUDER:
        severity = lower(severity)
    if there.host:
        severity = max(severity, Severity.HIGH if context.failed else Severity.CRITICAL)
    return severity


def _command(context: Context) -> Verdict | None:
    what = context.command
    arguments = what.arguments
    thing, technique = "", "T1053.003"
    if what.name == "crontab":
        looks = not arguments or any(a in ("-l", "-h", "--help", "-V") for a in arguments)
        thing = "" if looks and not (not arguments and context.feeder is not None) else f"crontab {' '.join(arguments)}"
        if not arguments and not context.interactive:
            thing = "crontab"
    elif what.name in ("at", "batch"):
        thing, technique = ("" if any(a in ("-l", "-V", "-c", "-r", "-d") for a in arguments) else what.name), "T1053.002"
    elif what.name == "systemctl" and any(a in ("enable", "link", "edit", "reenable") for a in arguments[:3]):
        thing, technique = f"systemctl {' '.join(arguments)}", "T1543.002"
    elif what.name == "systemd-run" and any(a.startswith(("--on-", "--timer")) for a in arguments):
        thing, technique = "systemd-run", "T1053.006"
    elif what.name in ("update-rc.d", "chkconfig", "rc-update") and len(arguments) > 1:
        thing, technique = f"{what.name} {' '.join(arguments)}", "T1037.004"
    severity = actors.grade(context, _GRADES)
    if not thing or severity is None:
        return None
    if actors.actor(context) is not Actor.INTRUDER:
        severity = min(severity, Severity.MEDIUM if context.contained else Severity.LOW)
    return Verdict(object=thing, severity=severity, techniques=(technique,))


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/dash", "sh", "-c", "…")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-038",
        title=Text("Put a program where the system starts it by itself", "将程序放在系统会自动启动的位置"),
        message=Text("{process} in {subject} changed {object}.", "{subject} 中的 {process} 修改了 {object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Read what would be started, remove it, and look for when it was first there. A container needs no cron or init of "
            "its own: use the platform's jobs and a read-only root.",
            "查看将被启动的内容并将其删除，同时查明其首次出现的时间。"
            "容器不需要自己的 cron 或 init：请使用平台的作业与只读根文件系统。",
        ),
        techniques=("T1053.003", "T1543.002", "T1037.004"),
        behaviours=(38,),
        references=("man:crontab(5)", "man:systemd.unit(5)"),
        fires=(
            Example(scene(_NGINX, _SH, opens(2, "/etc/cron.d/x", write=True)), "cron, below a server's shell"),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/redis-server", "redis-server", at=0.0),
                    row(EventKind.RENAME, 1, "/var/spool/cron/root", raw="temp-1.rdb"),
                ),
                "a database that was told to save itself there",
            ),
            Example(
                scene(runs(2, 1, "/srv/x", "x", flags=EventFlag.UPPER), opens(2, "/etc/systemd/system/y.service", write=True)),
                "a unit",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/ln", "ln", "-s"), row(EventKind.SYMLINK, 2, "/etc/rc2.d/S99x", raw="/opt/x")),
                "an init link",
            ),
            Example(
                scene(
                    runs(2, 900, "/bin/busybox", "vi", flags=EventFlag.EXEC_SESSION), opens(2, "/etc/crontabs/root", write=True)
                ),
                "busybox's tables in a session",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3.11", "python3", "-c", "…"), opens(2, "/host/etc/cron.d/x", write=True)),
                "the host's",
            ),
            Example(scene(_NGINX, _SH, runs(3, 2, "/usr/bin/crontab", "crontab", "-")), "the tool reads a table from a pipe"),
            Example(
                scene(
                    runs(12, 10, "/usr/bin/tee", "tee", on=HOST), opens(12, "/etc/udev/rules.d/9.rules", write=True, on=HOST)
                ),
                "a rule for devices on the plain host",
            ),
            Example(
                scene(
                    runs(12, 10, "/home/a/x", "x", on=HOST),
                    opens(12, "/home/a/.config/autostart/x.desktop", write=True, on=HOST),
                ),
                "autostart of a desktop",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg", "--unpack"),
                    row(EventKind.RENAME, 2, "/etc/cron.daily/apt", raw="/etc/cron.daily/apt.dpkg-new"),
                ),
                "a package brings its job",
            ),
            Example(scene(runs(2, 1, "/usr/sbin/cron", "cron"), opens(2, "/etc/crontab")), "cron reads its tables"),
            Example(
                scene(runs(2, 1, "/usr/sbin/anacron", "anacron"), opens(2, "/var/spool/anacron/cron.daily", write=True)),
                "anacron's notes",
            ),
            Example(scene(runs(2, 1, "/usr/bin/crontab", "crontab", "-l")), "a look at the table"),
            Example(
                scene(
                    runs(12, 1, "/usr/lib/systemd/systemd", "systemd", on=HOST),
                    opens(12, "/run/systemd/system/x.d/y", write=True, on=HOST),
                ),
                "systemd makes units",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/git", "git", "clone"), opens(2, "/src/.git/hooks/pre-commit.sample", write=True)),
                "a checkout",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                *paths.written(
                    r"/etc/(anacrontab|crontab|cron\.|crontabs|periodic/|rc\.local|rc\d?\.d/|rc\.d/|init\.d/|init/|inittab"
                    r"|local\.d/|runlevels/|update-motd\.d/|sv/|service/)",
                    r"/etc/(s6-overlay/|services\.d/|cont-init\.d/|X11/Xsession\.d/|network/if-|NetworkManager/disp"
                    r"|networkd-dispatcher/|ppp/ip-up|dhcp/dhclient|conf\.d/)",
                    r"/var/spool/(cron|anacron|at)",
                    r"/etc/(apt/apt\.conf\.d|dnf/plugins|yum/plugins|logrotate\.d"
                    r"|supervisor/conf\.d)/",
                ),
                (
                    r"/systemd/(system|user)|/systemd/linger/|/udev/rules\.d/|/autostart|/dbus-1/system-services/|/\.git/hooks/"
                    r"|customize\.py$"
                ),
                r"/(site|dist)-packages/[\w-]+\.pth$",
            ),
        ),
        Interest(kinds=(EventKind.EXEC,), args=(rf"^([^\n\x00]*/)?(busybox\x00)?({programs.names(_COMMANDS)})(\x00|$)",)),
    ),
    judge=_judge,
)
