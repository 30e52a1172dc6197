"""RUN-009: a hidden file or folder is made where programs or temporary files lie, or a hidden program is run.

Dot files in home folders and what known programs hide in /tmp are not meant; they become interesting when they are run from
there by an intruder, which other detectors say.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.needs import SUCCEEDED, Need
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.engines.runtime.situation import Situation, situation, stranger, words
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_CREATE = 0o100
# `.x`, `...`, `.. `, a name of blanks; not `.` and `..` themselves.
_HIDDEN = re.compile(r"/(\.\.\.+[^/]*|\.\.? [^/]*|\s[^/]*|\.[^./\s][^/]*)(?=/|$)")
_PLACES = re.compile(
    r"^/(tmp|var/tmp|dev/shm|dev|run|var/run|usr|bin|sbin|lib|lib64|etc|opt|boot|var/lib|var/spool|var/cache|var/log|srv|var/www|"
    r"sys/fs|media|mnt)/|^/\.[^/]+"
)
_KNOWN = re.compile(
    r"^\.(X\d+-lock|X11-unix|ICE-unix|XIM-unix|font-unix|Test-unix|s\.PGSQL|java_pid|attach_pid|hsperf|dotnet|NET|nfs[0-9a-f]|fuse|"
    r"org\.chromium|com\.google|pwd\.lock|lock|placeholder|keep|gitkeep|gitignore|git|wh\.|dockerenv|containerenv|updated|cache|npm|"
    r"config|local|ash_history|bash_history|viminfo|vim|terraform|ansible|uuid|build-id|build|tmp|resolve\.conf|resolv\.conf|"
    r"mount_|mysql|mariadb|erlang\.cookie|htaccess|htpasswd|user\.ini|well-known|env|venv|prometheus|bundle|yarn|pnpm|pip|m2|"
    r"gradle|cargo|rustup|kube|docker|ssh|gnupg|profile|bashrc|editorconfig|dpkg|apt|apk|apk-new|rpm|"
    r"#|DS_Store|\.ht|goutputstream|sync|index|snapshot|journal|flock|~)|\.(sw[a-p]|swpx|tmp|lock|part|lck)$|^\..+\.[A-Za-z0-9]{6,10}$"
)
_TOOL_HOMES = re.compile(
    r"/\.(local|cargo|rustup|nvm|pyenv|rbenv|asdf|sdkman|volta|bun|deno|npm|npm-global|yarn|pnpm|venv|virtualenvs|virtualenv|tox|"
    r"nox|env|dotnet|vscode[\w-]*|cursor[\w-]*|cache|linuxbrew|krew|kube|tfenv|gem|bundle|poetry|composer|go|jenkins|m2|gradle|"
    r"jbang|mix|cabal|ghcup|stack|opam|conda|mamba|nix-profile|proto|mise|pixi|rye|uv|git|gitlab-runner|runner|terraform|"
    r"terraform\.d|ansible|buildkite-agent|pip|direnv|steampipe|node_modules|bin|yarn|husky|next|nuxt|venv[\w.-]*)(/|$)|"
    r"^/tmp/\.mount_|/(\.[\w-]*env|\.venv[\w.-]*)/|node_modules/\.(bin|pnpm)/|/\.build-id/"
)
# Where no packager and no installer hides a program.
_NO_PLACE = (
    "/tmp/",
    "/var/tmp/",
    "/dev/",
    "/run/",
    "/var/run/",
    "/usr/",
    "/bin/",
    "/sbin/",
    "/lib/",
    "/lib64/",
    "/etc/",
    "/boot/",
)
_MAKERS = words(
    """
    touch cp mv mkdir install curl wget tar dd tee ln rsync scp base64 cat unzip gunzip xxd openssl nc ncat socat vi vim
    nano ed
    """
)


def _judge(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if context.failed or process.runtime:
        return None
    if event.kind is EventKind.EXEC:
        return _run(context)
    if event.kind is EventKind.OPEN and not (event.arg0 & _CREATE and context.writes):
        return None
    path = programs.normal(event.text)
    name = _hidden(path)
    if not name or not _PLACES.match(path) or _KNOWN.search(name):
        return None
    severity = _made(path, context)
    return None if severity is None else Verdict(object=path, severity=severity, fill={"what": _MADE})


_MADE = Text("made", "创建了")
_RAN = Text("ran", "运行了")


def _hidden(path: str) -> str:
    """The hidden part of a path, '' for none."""
    found = _HIDDEN.search(path)
    return found[1] if found is not None else ""


def _made(path: str, context: Context) -> Severity | None:
    here, what = situation(context), context.command
    by_hand = programs.is_shell(what) or what.name in _MAKERS or bool(programs.interpreter(what.name))
    odd = _hidden(path).strip(". ") == "" or path.startswith(("/dev/", "/usr/", "/bin/", "/sbin/", "/lib/"))
    if here is Situation.INTRUDER:
        return Severity.HIGH
    if here is Situation.BUILD or not by_hand:
        return None
    if here is Situation.HOST:
        return Severity.MEDIUM if path.startswith("/dev/") or _hidden(path).strip(". ") == "" else None
    if odd:
        return Severity.MEDIUM
    if here is Situation.SESSION:
        return Severity.MEDIUM
    return Severity.LOW if path.startswith(("/tmp/", "/var/tmp/", "/dev/shm/")) else None


def _run(context: Context) -> Verdict | None:
    """A program or script with a hidden part in its path."""
    process, what = context.process, context.command
    path = programs.normal(what.path if programs.is_loader(process.exe) else process.exe or context.event.raw)
    script = False
    if not _hidden(path) and (programs.is_shell(what) or programs.interpreter(what.name)):
        path, script = programs.normal(process.script or programs.script(what)), True
    if not _hidden(path) or _TOOL_HOMES.search(path):
        return None
    here = situation(context)
    if here is Situation.BUILD:
        return None
    if here is Situation.INTRUDER or (path.startswith(_NO_PLACE) and not script):
        severity = Severity.HIGH
    elif _PLACES.match(path) or stranger(process):
        severity = Severity.MEDIUM
    else:
        severity = Severity.LOW
    return Verdict(object=path, severity=severity, fill={"what": _RAN}, techniques=("T1564.001", "T1036.005"))


_SHELL = runs(2, 900, "/usr/bin/dash", "sh", "-c", "…", flags=EventFlag.EXEC_SESSION)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-009",
        title=Text("Hide a file or run a hidden program", "隐藏文件或运行隐藏程序"),
        message=Text(
            "{process} in {subject} {what} something hidden: {object}",
            "{subject} 中的 {process} {what}隐藏的文件：{object}",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Look at what is in it and who made it. Mount temporary folders with noexec and the root file system read-only.",
            "查看其内容以及创建者。将临时目录以 noexec 挂载，并把根文件系统设为只读。",
        ),
        techniques=("T1564.001",),
        behaviours=(9,),
        fires=(
            Example(scene(_SHELL, row(EventKind.MKDIR, 2, "/tmp/.work", arg0=0o755)), "a hidden folder below /tmp"),
            Example(scene(_SHELL, row(EventKind.MKDIR, 2, "/usr/lib/...", arg0=0o755)), "a folder that is called `...`"),
            Example(
                scene(runs(2, 1, "/bin/busybox", "mv", "x", "/var/tmp/.x"), row(EventKind.RENAME, 2, "/var/tmp/.x", raw="x")),
                "a file is renamed into hiding by busybox",
            ),
            Example(
                scene(runs(2, 1, "/usr/bin/python3", "python3", "-c", "…"), opens(2, "/dev/shm/.k", write=True, arg0=0o100)),
                "an interpreter creates one in shared memory",
            ),
            Example(scene(runs(2, 1, "/usr/share/.d/kswapd0", "kswapd0")), "a program in a hidden folder"),
            Example(scene(runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/var/tmp/.x")), "a hidden program behind ld.so"),
            Example(scene(runs(20, 1, "/dev/.udev/x", "x", on=HOST)), "a hidden program on the host"),
        ),
        quiet=(
            Example(scene(_SHELL, opens(2, "/root/.bash_history", write=True, arg0=0o100)), "a shell keeps its history"),
            Example(scene(_SHELL, opens(2, "/tmp/.X11-unix/X0")), "a socket that is looked up"),
            Example(
                scene(
                    runs(2, 1, "/usr/lib/postgresql/15/bin/postgres", "postgres"),
                    opens(2, "/var/run/postgresql/.s.PGSQL.5432.lock", write=True, arg0=0o100),
                ),
                "PostgreSQL's lock",
            ),
            Example(scene(runs(2, 1, "/usr/bin/java", "java"), opens(2, "/tmp/.java_pid1", write=True, arg0=0o100)), "a JVM"),
            Example(scene(runs(2, 1, "/root/.local/bin/uv", "uv", "--version")), "a tool in a home folder"),
            Example(scene(runs(2, 1, "/app/.venv/bin/python", "python", "app.py")), "a virtual environment"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/rsync", "rsync", "-a", "a", "/srv/b"),
                    opens(2, "/srv/.b.Xa91Zq", write=True, arg0=0o100),
                ),
                "rsync's file in the making",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.MKDIR, EventKind.RENAME, EventKind.SYMLINK, EventKind.LINK),
            text=(r"/(\.[^/]|\s)[^/]*(/|$)",),
        ),
        Interest(
            kinds=(EventKind.OPEN,),
            writes=True,
            needs=(Need("arg0", _CREATE), SUCCEEDED),
            text=(
                r"^/(tmp|var/tmp|dev|run|var/run|usr|bin|sbin|lib|lib64|etc|opt|srv|var/lib|var/www)/(.*/)?(\.[^/.]|\.\.[^/]|\s)[^/]*$",
            ),
        ),
        Interest(kinds=(EventKind.EXEC,), text=(r"/(\.[^/]|\s)",), args=(r"(^|/|\x00)\.[^./\x00]", r"/\.\.[^/]")),
    ),
    judge=_judge,
    existing=True,
)
