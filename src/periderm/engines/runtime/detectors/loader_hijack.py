"""RUN-033: what programs load is changed: /etc/ld.so.preload and the loader's folders, LD_PRELOAD, a library from an odd place.

Allocators and wrappers that the system or the image brought (jemalloc, fakeroot, nss_wrapper) are preloaded by right.
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

_PRELOAD_FILE = "/etc/ld.so.preload"
_SETTINGS = re.compile(r"/etc/ld\.so\.conf(?:\.d/[^/]+)?|/etc/ld-musl-[\w.-]+\.path|/etc/ld\.so\.cache|/etc/suid-debug")
_LOADERS = re.compile(r"(?:/usr)?/lib(?:64|32)?/(?:[\w-]+/)?ld-(?:linux|musl)[\w.-]*\.so(?:\.\d+)*")
_VARIABLES = frozenset({"LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH"})
_ODD_PLACE = re.compile(r"^/(?:tmp|dev/shm|var/tmp|run/shm|dev/mqueue|proc/(?:\d+|self)/fd|var/www)/|/memfd:")
_ODD = re.compile(
    r"(?:^|[:/ ])(?:tmp|dev/shm|var/tmp|run/shm|dev/mqueue|proc/\d+/fd|proc/self/fd|var/www|srv/up\w*|uploads?)(?:[/:]|$)"
    r"|/\.[^/.]"
)
_SYSTEM = re.compile(
    r"(?:/usr(?:/local)?|/opt/[\w.-]+|/nix/store/[\w.+-]+|/snap/\w+/\w+)?/(?:lib\w*|libexec|share)/\S+|\$LIB/\S+"
    r"|/opt/[\w./+-]+|/app/[\w./+-]+"
)
_KNOWN = re.compile(
    r".*lib(?:jemalloc|tcmalloc\w*|mimalloc\w*|fakeroot\S*|fakechroot|nss_wrapper|uid_wrapper|socket_wrapper|eatmydata"
    r"|faketime\w*|stdbuf|asan"
    r"|tsan|ubsan|lsan|gtk3-nocsd|pthread|stdc\+\+|gcc_s|snoopy|onload|vma|trickle\w*|proxychains\d?|torsocks|sqlite3"
    r"|SegFault|dl|m|c"
    r"|heapprof|profiler|hoard|rpmalloc|snmalloc|thp|cuda\S*|nvidia\S*|vgl\w*|dlfaker|gomp|omp|python\S*|ssl|crypto"
    r"|wrapper\w*)[\d.+-]*(?:\.so[\d.]*)?"
)
_STEP = re.compile(r"/(?:[^/]+/)*buildah\d+/mnt/rootfs/")
_INSTALLED = re.compile(r"/.*?/(?:site-packages|dist-packages|lib-dynload|node_modules|gems|extensions)(?=/)")
_EXTRACTED = frozenset({"java", "node", "dotnet", "bun", "deno"})  # they unpack native parts into /tmp and load them
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
    if context.process.runtime:
        return None
    kind = context.event.kind
    if kind is EventKind.ENVIRONMENT:
        return _variable(context)
    if kind is EventKind.LIBRARY:
        return _library(context)
    if kind is EventKind.EXEC:
        return _loader(context)
    return _file(context)


def _file(context: Context) -> Verdict | None:
    raw = paths.changed(context)
    there = paths.place(raw, context) if raw else None
    if there is None:
        return None
    preload = there.path == _PRELOAD_FILE
    if not preload and not _SETTINGS.fullmatch(there.path) and not _LOADERS.fullmatch(there.path):
        return None
    severity = actors.grade(context, _GRADES)
    if severity is None or (context.command.name in ("ldconfig", "ldconfig.real") and context.system_program):
        return None
    if not preload and not there.host:
        severity = lower(severity)
    return _verdict(programs.normal(raw), severity)


def _variable(context: Context) -> Verdict | None:
    name, _, value = context.event.text.partition("=")
    if name not in _VARIABLES or not value or actors.packaged(context):
        return None
    odd = _ODD.search(value) is not None
    intruder = actors.intruding(context)
    if name == "LD_LIBRARY_PATH":
        if not odd and not intruder:
            return None
        severity = Severity.MEDIUM if odd and intruder else Severity.LOW
        return _verdict(f"{name}={value}", severity)
    parts = [part for part in re.split(r"[:\s]+", value) if part]
    strange = [p for p in parts if not (_KNOWN.fullmatch(p) and not _ODD.search(p)) and not ("/" in p and _SYSTEM.fullmatch(p))]
    strange = [p for p in strange if "/" in p or intruder]  # without a slash it is sought in the system's folders
    if not strange or (not context.contained and not odd and not intruder and name != "LD_AUDIT"):
        return None
    who = actors.actor(context)
    severity = Severity.HIGH if odd or name == "LD_AUDIT" or intruder or who is Actor.PERSON else Severity.MEDIUM
    if who in (Actor.START, Actor.BUILD, Actor.CONFIGURATION):
        severity = Severity.LOW
    elif not context.contained and not intruder and context.process.uid != 0:
        severity = Severity.MEDIUM  # developers preload into their own programs
    return _verdict(f"{name}={strange[0]}", severity)


def _library(context: Context) -> Verdict | None:
    event = context.event
    if programs.is_loader(context.process.exe) and context.process.argv[1:2] in (("--verify",), ("--list",)):
        return None  # ldd looks at a program
    if not context.contained and context.building and _STEP.match(event.text):
        return None  # the step's own libraries, by the path at which the builder keeps them
    path = programs.normal(event.text)
    # A hidden folder on the way is common (.venv, .pyenv, .local); a hidden library is not.
    odd = _ODD_PLACE.search(path) is not None or programs.base(path).startswith(".") or event.has(EventFlag.MEMORY_BACKED)
    if not odd and not (context.contained and actors.intruding(context)):
        return None  # on a plain host, libraries lie wherever people have their Python, Ruby or Node
    name = context.command.name
    native = programs.interpreter(name) or name in _EXTRACTED or "_MEI" in path
    hidden = path.startswith(("/dev/shm/", "/dev/mqueue/")) or "/memfd:" in path
    severity = Severity.LOW if native and not hidden else Severity.HIGH if odd and context.system_program else Severity.MEDIUM
    if actors.packaged(context) or context.building or (context.starting and not hidden):
        severity = Severity.LOW
    elif actors.intruding(context) and not native:
        severity = Severity.HIGH
    if not odd:
        return _verdict(f"{_folder(path)}/…", Severity.LOW)  # one alert for all that an interpreter brings along
    if not context.contained and not hidden and not actors.intruding(context):
        severity = min(severity, Severity.MEDIUM)  # developers build in /tmp
    # An interpreter's extensions come by the dozen: where they were installed to is the cause.
    return _verdict(f"{paths.folded(_folder(path))}/…" if severity is Severity.LOW and native else path, severity)


def _folder(path: str) -> str:
    """Where a library lies: the root of what was installed there, or its folder."""
    found = _INSTALLED.match(path)
    return found[0] if found else path.rpartition("/")[0]


def _loader(context: Context) -> Verdict | None:
    """`ld.so --preload x.so program`, and shells that say it in one line."""
    process = context.process
    if not programs.is_loader(process.exe):
        return None
    arguments = process.argv[1:]
    given = next((arguments[i + 1] for i, a in enumerate(arguments[:-1]) if a in ("--preload", "--audit")), "")
    if not given or actors.packaged(context):
        return None
    severity = Severity.LOW if context.building else Severity.HIGH
    return _verdict(given, severity)


def _verdict(thing: str, severity: Severity) -> Verdict:
    return Verdict(object=thing, severity=severity)


_NGINX = runs(1, 0, "/usr/sbin/nginx", "nginx", at=0.0)
_SH = runs(2, 1, "/usr/bin/bash", "bash", "-c", "…")

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-033",
        title=Text("Change which libraries programs load", "更改程序加载的库"),
        message=Text(
            "{process} in {subject} changes what is loaded: {object}", "{subject} 中的 {process} 更改了被加载的库：{object}"
        ),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look at the library: it may hide files and processes from every tool of this system, so look from outside. Remove "
            "the entry, restart what has loaded it, and run containers with a read-only root.",
            "检查该库：它可能对系统内的所有工具隐藏文件和进程，因此应从外部检查。"
            "删除该条目，重启已加载它的程序，并以只读根文件系统运行容器。",
        ),
        techniques=("T1574.006",),
        behaviours=(33,),
        references=("man:ld.so(8)",),
        fires=(
            Example(scene(_SH, opens(2, _PRELOAD_FILE, write=True)), "a shell writes the file, without a tool"),
            Example(scene(_SH, row(EventKind.RENAME, 2, _PRELOAD_FILE, raw="/tmp/p")), "renamed into its place"),
            Example(scene(_SH, row(EventKind.ENVIRONMENT, 2, "LD_PRELOAD=/tmp/.x/hook.so")), "by the environment"),
            Example(scene(_SH, row(EventKind.ENVIRONMENT, 2, "LD_AUDIT=/home/a/audit.so")), "the auditing interface"),
            Example(
                scene(runs(2, 1, "/usr/lib64/ld-linux-x86-64.so.2", "ld.so", "--preload", "/srv/h.so", "/usr/bin/id")),
                "the loader as a program",
            ),
            Example(scene(_NGINX, row(EventKind.LIBRARY, 1, "/dev/shm/mod.so")), "a server has loaded it from shared memory"),
            Example(
                scene(runs(2, 1, "/bin/busybox", "tee"), opens(2, "/host/etc/ld.so.conf.d/0.conf", write=True)),
                "the host's folders",
            ),
            Example(
                scene(runs(12, 10, "/usr/bin/cp", "cp", on=HOST), opens(12, _PRELOAD_FILE, write=True, on=HOST)),
                "on the plain host",
            ),
        ),
        quiet=(
            Example(scene(_SH, row(EventKind.ENVIRONMENT, 2, "LD_PRELOAD=libjemalloc.so.2")), "an allocator"),
            Example(
                scene(_SH, row(EventKind.ENVIRONMENT, 2, "LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libnss_wrapper.so")),
                "a user for OpenShift",
            ),
            Example(
                scene(_SH, row(EventKind.ENVIRONMENT, 2, "LD_LIBRARY_PATH=/usr/local/nvidia/lib64:/opt/app/lib")),
                "more folders",
            ),
            Example(scene(_SH, opens(2, _PRELOAD_FILE)), "every program looks whether it is there"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg"),
                    runs(3, 2, "/usr/sbin/ldconfig", "ldconfig"),
                    row(EventKind.RENAME, 3, "/etc/ld.so.cache", raw="/etc/ld.so.cache~"),
                ),
                "a package updates the cache",
            ),
            Example(scene(_NGINX, row(EventKind.LIBRARY, 1, "/usr/local/lib/nginx/modules/x.so")), "a module of its own"),
            Example(
                scene(
                    runs(12, 10, "/memfd:tool", "tool", on=HOST, flags=EventFlag.MEMORY_BACKED),
                    row(EventKind.LIBRARY, 12, "/home/a/.venv/lib/python3.11/site-packages/numpy/core/_m.so", on=HOST),
                ),
                "on a host, what a person's Python has installed, whoever runs it",
            ),
        ),
    ),
    interests=(
        Interest(
            kinds=paths.CHANGES,
            writes=True,
            text=(
                *paths.written(r"/etc/ld\.so\.(preload|conf|cache)", r"/etc/ld-musl-", r"/etc/suid-debug$"),
                r"/lib(64|32)?/([\w-]+/)?ld-(linux|musl)[\w.-]*\.so",
            ),
        ),
        Interest(kinds=(EventKind.ENVIRONMENT,), text=("^LD_(PRELOAD|AUDIT|LIBRARY_PATH)=",)),
        Interest(kinds=(EventKind.LIBRARY,)),
        Interest(kinds=(EventKind.EXEC,), args=(r"\x00--(preload|audit)\x00",)),
    ),
    judge=_judge,
)
