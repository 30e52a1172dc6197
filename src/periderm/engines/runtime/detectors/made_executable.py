"""RUN-006: a file is made executable in a running container, by chmod or by creating it so.

That it is then run is RUN-005's to say. Folders and programs that the image already has are passed over where that can be
told; package managers and build steps make executables all day and are not meant.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import paths, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where
from periderm.engines.runtime.needs import SUCCEEDED, Need
from periderm.engines.runtime.scene import image, opens, row, runs, scene
from periderm.engines.runtime.situation import WRITABLE, Situation, installing, situation, stranger, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_EXECUTABLE = 0o111
_CREATE = 0o100
# Programs that set bits on data all the time, and folders in which no program is expected.
_DATA = re.compile(
    r"\.(log|pid|lock|db|sqlite3?|sock|tmp|json|ya?ml|conf|cnf|ini|pem|crt|key|txt|html?|css|png|jpe?g|xml|csv|gz|wal|part)$"
)
_FOLDERISH = re.compile(
    r"/(data|log|logs|cache|run|lib|tmp|conf|config|conf\.d|etc|www|html|storage|uploads|sessions?|spool|backup|backups|main|"
    r"\.(ssh|gnupg|cache|config|local|kube|aws|docker|npm|m2|cargo|vscode-server)|base|pg_\w+|state|var|home|srv|opt|mnt|postgresql|mysql|redis|nginx|php|app|public|volumes?|[a-z]+\.d)/?$"
)
_PROGRAM_FOLDERS = re.compile(r"^(/usr)?(/local)?/(s?bin|libexec)/|^/lib(64)?/|/bin/[^/]+$")
_BUILDERS = words(
    """
    gcc cc ld collect2 ld.gold ld.lld rustc go link clang install make cmake git initdb postgres
    """
)
_MIRRORS = frozenset({"rsync"})
_HELD = (*WRITABLE, "/run/", "/var/run/", "/dev/")


def _judge(context: Context) -> Verdict | None:
    event = context.event
    if context.failed or context.process.runtime or not event.text or event.comm.startswith("runc:["):
        return None
    if event.kind is EventKind.CHMOD:
        mode = event.arg0
    elif event.kind is EventKind.OPEN and event.arg0 & _CREATE and context.writes:
        mode = event.arg1
    else:
        return None
    path = programs.normal(event.text)
    if not mode & _EXECUTABLE or _harmless(path, context) or (event.kind is EventKind.OPEN and mode & 0o7777 == 0o777):
        return None
    severity = _severity(path, context)
    if severity is None:
        return None
    mirror = _mirror(context)
    if mirror:
        severity = Severity.LOW
    return Verdict(
        object=mirror or paths.folded(path.rpartition("/")[0]) or "/",  # many files in one folder are one cause
        severity=severity,
        fill={"mode": f"{mode & 0o7777:o}", "path": path},
        evidence={"situation": situation(context).value, "path": path},
    )


def _mirror(context: Context) -> str:
    """Where a container's own work copies whole folders to (`rsync -a /etc/ /backup/`), '' if it does not. What a copy
    brings and then runs, other detectors tell."""
    what = context.command
    if what.name not in _MIRRORS or not context.system_program or situation(context) not in (Situation.OWN, Situation.START):
        return ""
    named = [a for a in what.arguments if not a.startswith("-")]
    if what.name == "rsync" and len(named) > 1 and not named[-1].startswith(WRITABLE):
        return f"{named[-1].rstrip('/')}/…"
    return ""


def _harmless(path: str, context: Context) -> bool:
    """Data, folders, what the image brought as a program, and what a compiler makes."""
    if _DATA.search(path) or path.startswith(("/proc/", "/sys/", "/var/lib/containers/", "/var/lib/docker/")):
        return True
    if _FOLDERISH.search(path):
        return True  # a folder in all likelihood; chmod does not say
    if context.facts is not None and context.facts.brought(path):
        return True
    return context.command.name in _BUILDERS and not stranger(context.process)


def _severity(path: str, context: Context) -> Severity | None:
    here = situation(context)
    exposed = path.startswith(_HELD) or "/." in path
    if here is Situation.BUILD or installing(context) is not None:
        return None
    if here is Situation.INTRUDER:
        return Severity.HIGH
    if here is Situation.SESSION:
        return Severity.MEDIUM
    if here is Situation.START:
        return Severity.MEDIUM if exposed and "/." in path else Severity.LOW if exposed else None
    if exposed or _PROGRAM_FOLDERS.search(path):
        return Severity.MEDIUM
    return Severity.LOW


_SHELL = runs(2, 900, "/usr/bin/dash", "sh", "-c", "…", flags=EventFlag.EXEC_SESSION)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-006",
        title=Text("Make a file executable in a container", "在容器中将文件设为可执行"),
        message=Text(
            "{process} made {path} executable in {subject} (mode {mode}).",
            "{subject} 中的 {process} 将 {path} 设为可执行（模式 {mode}）。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Programs belong into the image. Mount the root file system read-only and data with noexec; then nothing that is "
            "dropped can run.",
            "程序应放在镜像中。将根文件系统设为只读，数据卷以 noexec 挂载，落地的文件便无法运行。",
        ),
        techniques=("T1222.002", "T1105"),
        behaviours=(6,),
        fires=(
            Example(scene(_SHELL, row(EventKind.CHMOD, 2, "/srv/tool", arg0=0o755)), "chmod +x in an exec session"),
            Example(
                scene(
                    runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0),
                    runs(2, 1, "/usr/bin/dash", "sh", "-c", "…"),
                    runs(3, 2, "/bin/busybox", "chmod", "+x", "/tmp/x"),
                    row(EventKind.CHMOD, 3, "/tmp/x", arg0=0o100711),
                ),
                "busybox chmod below a server's shell",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/cp", "cp", "/bin/ls", "/tmp/ls"),
                    row(EventKind.OPEN, 2, "/tmp/ls", arg0=0o301, arg1=0o100755),
                ),
                "a copy of a program, executable from the start",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "-c", "…"), row(EventKind.CHMOD, 2, "/dev/shm/.a", arg0=0o700)),
                "Python sets the bit itself",
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(2, 900, "/usr/bin/dpkg", "dpkg", "--unpack", "x.deb"),
                    row(EventKind.CHMOD, 2, "/usr/bin/x.dpkg-new", arg0=0o755),
                ),
                "a package upgrade",
            ),
            Example(
                scene(
                    runs(1, 0, "/usr/bin/dash", "sh", "/docker-entrypoint.sh", at=0.0),
                    runs(2, 1, "/usr/bin/chmod", "chmod", "700", "/var/lib/postgresql/data", at=1.0),
                    row(EventKind.CHMOD, 2, "/var/lib/postgresql/data", arg0=0o700, at=1.0),
                ),
                "a start script sets up a folder",
            ),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/chmod", "chmod", "755", "/usr/bin/tool"),
                    row(EventKind.CHMOD, 2, "/usr/bin/tool", arg0=0o755),
                    inventory=image("/usr/bin/tool"),
                ),
                "a program that the image has already",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/node", "node"), row(EventKind.OPEN, 2, "/app/x.log", arg0=0o101, arg1=0o777)),
                "a log",
            ),
            Example(scene(_SHELL, row(EventKind.CHMOD, 2, "/srv/notes", arg0=0o644)), "no right to execute"),
            Example(scene(_SHELL, opens(2, "/srv/tool")), "a file that is read"),
        ),
    ),
    interests=(
        Interest(kinds=(EventKind.CHMOD,), arg0=_EXECUTABLE, where=Where.CONTAINER),
        Interest(
            kinds=(EventKind.OPEN,),
            arg0=_CREATE,
            writes=True,
            needs=(Need("arg1", _EXECUTABLE), SUCCEEDED),
            where=Where.CONTAINER,
        ),
    ),
    judge=_judge,
)
