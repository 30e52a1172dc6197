"""RUN-041: a container's own first program, or the runtime's program on the host, is opened to be overwritten.

The way out of CVE-2019-5736 (a program of the container that is `/proc/self/exe` of the runtime), the descriptors of
CVE-2024-21626, and the plain way to stay in a container: to change what it starts with.
"""

from __future__ import annotations

import re

import msgspec

from periderm.engines.runtime import actors, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict, Where, lower
from periderm.engines.runtime.scene import HOST, SHOP, opens, row, runs, scene
from periderm.engines.runtime.situation import stranger
from periderm.model.asset import Container
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_OCI_RUNTIMES = ("runc", "crun", "youki", "kata-runtime", "runsc", "docker-runc", "runc.amd64")
_EXE = re.compile(r"/proc/(?P<pid>self|thread-self|\d+)(?:/task/\d+)?/exe")
_LEAKED = re.compile(r"/proc/(?:self|thread-self|\d+)/fd/\d+/(?:\.\./?)+.*|/dev/fd/\d+/(?:\.\./?)+.*")
_SELF_SCRIPT = re.compile(r"(?:.*/)?proc/(?:self|thread-self|\d+)/exe")
_CHANGES = (EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK)
_FOLDER_OPTIONS = ("--cwd", "--workdir", "-w")


def _judge(context: Context) -> Verdict | None:
    if context.process.runtime and context.event.kind is not EventKind.EXEC:
        return None
    if context.event.kind is EventKind.EXEC:
        return _started(context)
    return _file(context)


def _file(context: Context) -> Verdict | None:  # noqa: PLR0911 -- one way out a line
    event, subject = context.event, context.event.subject
    path = programs.normal(event.text or event.raw)
    name = programs.base(path)
    writes = event.kind in _CHANGES or context.writes
    if isinstance(subject, Container):
        if name in _OCI_RUNTIMES or "runc_cloned" in path or "memfd:runc" in path:
            way = _EXE.fullmatch(event.raw) or event.raw.startswith(("/proc/", "/dev/fd/"))
            if way and not context.absent:
                return _verdict(context, path, Severity.CRITICAL, Text("the container runtime's program", "容器运行时程序"))
        if _LEAKED.fullmatch(event.raw) and not context.absent:
            return _verdict(
                context,
                event.raw,
                Severity.CRITICAL,
                Text("a descriptor that leads out of the container", "通向容器外部的描述符"),
            )
        if context.event.kind is EventKind.OPEN and context.writes and _EXE.fullmatch(event.raw or event.text):
            if context.absent:
                return None
            return _verdict(context, event.raw or event.text, Severity.HIGH, Text("a running program", "正在运行的程序"))
        if writes and not context.building and path in _entrypoints(context, subject):
            return _entrypoint(context, path)
        return None
    if writes and name in _OCI_RUNTIMES and path.startswith(("/usr/", "/bin/", "/sbin/", "/opt/")):
        if not stranger(context.process) and actors.actor(context) in (actors.Actor.PACKAGES, actors.Actor.CONFIGURATION):
            return None
        severity = Severity.HIGH if context.server_shell or stranger(context.process) else Severity.MEDIUM
        return _verdict(context, path, severity, Text("the container runtime's program", "容器运行时程序"))
    return None


def _entrypoint(context: Context, path: str) -> Verdict | None:
    actor = actors.actor(context)
    if actor in (actors.Actor.PACKAGES, actors.Actor.BUILD, actors.Actor.RUNTIME):
        return None
    if actor is actors.Actor.START and not stranger(context.process):
        return None  # images that write their start script at the start
    severity = Severity.HIGH if actor in (actors.Actor.INTRUDER, actors.Actor.PERSON) else Severity.MEDIUM
    return _verdict(context, path, severity, Text("the program that the container starts with", "容器的启动程序"))


def _entrypoints(context: Context, container: Container) -> frozenset[str]:
    """What the container was started with, and the script that it is."""
    found = {context.lineage[-1].exe, context.lineage[-1].script} if context.lineage[-1].pid == container.pid else set()
    found |= {word for word in container.command[:2] if word.startswith("/")}
    shells = programs.SHELLS | programs.MULTICALL
    return frozenset(path for path in found if path.startswith("/") and programs.base(path) not in shells)


def _started(context: Context) -> Verdict | None:
    event, process = context.event, context.process
    if not context.contained:
        return _leaking_folder(context)
    if _SELF_SCRIPT.fullmatch(process.script) or (event.has(EventFlag.SCRIPT) and _SELF_SCRIPT.fullmatch(event.raw)):
        return _verdict(
            context, event.raw, Severity.CRITICAL, Text("the runtime's own program as an interpreter", "以运行时程序作为解释器")
        )
    if process.script and len(process.argv) > 1 and _SELF_SCRIPT.fullmatch(process.argv[0]):
        return _verdict(
            context,
            process.script,
            Severity.CRITICAL,
            Text("the runtime's own program as an interpreter", "以运行时程序作为解释器"),
        )
    return None


def _leaking_folder(context: Context) -> Verdict | None:
    """`runc exec --cwd /proc/self/fd/8`, or the same by an engine: nobody has a reason."""
    if context.command.name not in programs.CONTAINER_RUNTIMES | {"docker"}:
        return None
    for index, word in enumerate(context.command.arguments):
        option, _, value = word.partition("=")
        if option in _FOLDER_OPTIONS:
            folder = value or "".join(context.command.arguments[index + 1 : index + 2])
            if folder.startswith(("/proc/self/fd/", "/proc/thread-self/fd/", "/dev/fd/")):
                return _verdict(
                    context,
                    folder,
                    Severity.CRITICAL,
                    Text("a descriptor of the runtime as a folder", "以运行时的描述符作为目录"),
                )
    return None


def _verdict(context: Context, thing: str, severity: Severity, what: Text) -> Verdict:
    return Verdict(object=thing, severity=lower(severity) if context.failed else severity, fill={"what": what})


_OWN = msgspec.structs.replace(SHOP, command=("/entrypoint.sh", "serve"))
_SHELL = runs(2, 1, "/usr/bin/dash", "sh", on=_OWN, flags=EventFlag.EXEC_SESSION)

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-041",
        title=Text("Write over the runtime or a container's first program", "覆盖运行时程序或容器启动程序"),
        message=Text("{process} in {subject} reached for {what}: {object}.", "{subject} 中的 {process} 触及{what}：{object}。"),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Compare the runtime's program on the host with its package (`dpkg -V`, `rpm -V`) and put it back. Start "
            "the container "
            "anew from its image; make its root read-only. Update runc.",
            "将宿主机上的运行时程序与其软件包比对（`dpkg -V`、`rpm -V`）并恢复。"
            "用镜像重新启动该容器并将其根设为只读。更新 runc。",
        ),
        techniques=("T1611", "T1554"),
        behaviours=(41,),
        references=("CVE-2019-5736", "CVE-2024-21626"),
        fires=(
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/usr/sbin/runc", raw="/proc/77/exe")),
                "the runtime's file is held open",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/usr/sbin/runc", raw="/proc/self/fd/3", write=True)),
                "and overwritten by its descriptor",
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/etc/shadow", raw="/proc/self/fd/8/../../../etc/shadow")),
                "a leaked folder",
            ),
            Example(
                scene(_SHELL, opens(2, "/entrypoint.sh", write=True, on=_OWN)), "the start script, by a person in the container"
            ),
            Example(
                scene(runs(2, 1, "/app/x", "x"), opens(2, "/proc/1/exe", write=True, denied=True)),
                "the first program, whatever it is, while it runs",
            ),
            Example(scene(_SHELL, row(EventKind.RENAME, 2, "/entrypoint.sh", raw="/tmp/a", on=_OWN)), "renamed into its place"),
            Example(
                scene(runs(2, 1, "/usr/sbin/runc", "/proc/self/exe", "/bin/sh", raw="/proc/self/exe", flags=EventFlag.SCRIPT)),
                "a script whose interpreter is the runtime",
            ),
            Example(
                scene(runs(20, 10, "/usr/sbin/runc", "runc", "exec", "--cwd", "/proc/self/fd/7", "c", "sh", on=HOST)),
                "exec into a folder that leaked",
            ),
            Example(
                scene(runs(20, 10, "/tmp/x", "x", on=HOST), opens(20, "/usr/bin/runc", write=True, on=HOST)), "on the host"
            ),
        ),
        quiet=(
            Example(
                scene(
                    runs(20, 10, "/usr/bin/dpkg", "dpkg", "-i", "runc.deb", on=HOST),
                    row(EventKind.RENAME, 20, "/usr/sbin/runc", raw="/usr/sbin/runc.dpkg-new", on=HOST),
                ),
                "the package manager updates the runtime",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/app/x", raw="/proc/self/exe")), "a program reads its own file"),
            Example(scene(_SHELL, opens(2, "/srv/data/a", write=True, on=_OWN)), "another file"),
            Example(scene(_SHELL, opens(2, "/entrypoint.sh", on=_OWN)), "the start script is read"),
            Example(
                scene(
                    runs(90, 80, "/usr/sbin/runc", "runc", "exec", on=HOST),
                    opens(90, "/usr/sbin/runc", raw="/proc/self/exe", on=HOST),
                ),
                "the runtime copies itself into memory",
            ),
            Example(scene(runs(2, 1, "/app/x", "x"), opens(2, "/tmp/a", raw="/proc/self/fd/5")), "its own descriptor"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.OPEN, *_CHANGES),
            text=(
                r"(^|/)(docker-)?(runc|crun|youki|kata-runtime|runsc)$",
                r"runc_cloned|memfd:runc",
                r"^/(proc/(self|thread-self|[0-9]+)|dev)/fd/[0-9]+/\.\.",
                r"^/proc/(self|thread-self|[0-9]+)(/task/[0-9]+)?/exe$",
            ),
        ),
        Interest(
            kinds=(EventKind.OPEN, *_CHANGES),
            writes=True,
            text=(
                r"(entrypoint|start|run|init|launch|boot|cmd)[-_a-z0-9]*(\.[a-z]+)?$",
                r"^/(usr/)?(local/)?s?bin/[^/]+$",
                r"^/[^/]+$",
                r"^/(app|srv|opt|usr/src)/[^/]+(/[^/]+)?$",
            ),
            where=Where.CONTAINER,
        ),
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"proc/(self|thread-self|[0-9]+)/exe$",),
            args=(r"(^|\x00|=)/(proc/(self|thread-self)|dev)/fd/[0-9]", r"^/proc/(self|thread-self|[0-9]+)/exe\x00"),
        ),
    ),
    judge=_judge,
)
