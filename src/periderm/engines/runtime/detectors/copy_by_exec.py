"""RUN-061: files are read out of (or put into) a container through the control plane: `kubectl cp` runs tar by exec.

It knows the shape: tar, opened by an exec session itself, that writes an archive to its output or reads one from its input.
`podman cp` and `docker cp` work on the host and are seen there. Who did it is in the Kubernetes audit log.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import programs
from periderm.engines.runtime.judging import Context, Detector, Verdict, Where
from periderm.engines.runtime.scene import runs, scene
from periderm.engines.runtime.situation import from_runtime, tool_interest
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_ARCHIVERS = frozenset({"tar", "bsdtar", "gtar", "star", "cpio", "pax"})
_SECRET = re.compile(
    r"/var/run/secrets|/run/secrets|/etc/(shadow|kubernetes|passwd|ssl/private)|\.ssh\b|\.aws\b|\.kube\b|\.pem$|\.key$|\.env$|id_rsa"
)
_WIDE = re.compile(r"^(/|/etc/?|/root/?|/home/?|/var/lib(/[\w-]+)?/?|/data/?)$")


def _letters(arguments: tuple[str, ...]) -> str:
    """The letters of a tar command line: `cf`, `-xmf`, `--create`."""
    if not arguments:
        return ""
    letters = arguments[0] if not arguments[0].startswith("-") else ""
    for argument in arguments:
        if argument.startswith("--"):
            letters += {"--create": "c", "--extract": "x", "--get": "x", "--file": "f"}.get(argument.partition("=")[0], "")
        elif argument.startswith("-"):
            letters += argument[1:]
    return letters


def _judge(context: Context) -> Verdict | None:
    process, what = context.process, context.command
    if context.event.kind is not EventKind.EXEC or process.runtime or process.how not in ("exec", "nsenter") or process.tty:
        return None
    if what.name not in _ARCHIVERS or not _opened(context):
        return None
    letters = _letters(what.arguments)
    words = [a for a in what.arguments[1 if what.arguments and not what.arguments[0].startswith("-") else 0 :]
             if not a.startswith("-") or a == "-"]  # fmt: skip
    streamed = (
        "f" not in letters or "--file=-" in what.arguments or "-" in words or "/dev/stdout" in words or "/dev/stdin" in words
    )
    if not streamed or not ("c" in letters or "x" in letters):
        return None
    paths = [w for w in words if w not in ("-", "/dev/stdout", "/dev/stdin")]
    if "x" in letters:
        return Verdict(object=paths[-1] if paths else "/", severity=Severity.LOW, fill={"way": _IN}, techniques=("T1105",))
    path = " ".join(paths)[:300] or "?"
    if any(_SECRET.search(p) for p in paths):
        severity = Severity.HIGH
    else:
        severity = Severity.MEDIUM if any(_WIDE.match(p) for p in paths) else Severity.LOW
    return Verdict(object=path, severity=severity, fill={"way": _OUT})


_IN = Text("copied into", "复制进")
_OUT = Text("copied out of", "复制出")


def _opened(context: Context) -> bool:
    """The session was opened with it, or with a shell that only runs it."""
    above = (p for p in context.ancestors if not from_runtime(p))
    return all(programs.is_shell(programs.command(p.exe, p.argv)) and not p.tty for p in above)


_SESSION = EventFlag.EXEC_SESSION

DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-061",
        title=Text("Read files out of a container by exec", "通过 exec 从容器中取出文件"),
        message=Text("{object} was {way} {subject} through the control plane.", "{object} 经控制平面被{way} {subject}。"),
        severity=Severity.MEDIUM,
        maturity=Maturity.INCUBATING,
        remediation=Text(
            "Ask who copied it (the audit log names the user). Take the right to exec from those who do not need "
            "it, and change "
            "secrets that were in the copy.",
            "查明是谁复制的（审计日志记有用户）。收回不必要的 exec 权限，并更换副本中包含的密钥。",
        ),
        techniques=("T1567", "T1609"),
        behaviours=(61,),
        fires=(
            Example(
                scene(runs(2, 900, "/usr/bin/tar", "tar", "cf", "-", "/srv/data", flags=_SESSION)), "kubectl cp from a pod"
            ),
            Example(
                scene(runs(2, 900, "/bin/busybox", "tar", "-c", "/var/run/secrets/kubernetes.io", flags=_SESSION)),
                "busybox, no -f at all, of a token",
            ),
            Example(
                scene(
                    runs(2, 900, "/usr/bin/dash", "sh", "-c", "tar czf - /etc", flags=_SESSION),
                    runs(3, 2, "/usr/bin/tar", "tar", "czf", "-", "/etc", flags=_SESSION),
                ),
                "through a shell",
            ),
            Example(
                scene(runs(2, 900, "/usr/bin/tar", "tar", "-xmf", "-", "-C", "/srv", flags=_SESSION)), "kubectl cp into a pod"
            ),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/tar", "tar", "cf", "-", "/data")), "the container's own backup"),
            Example(
                scene(runs(2, 900, "/usr/bin/tar", "tar", "czf", "/backup/a.tgz", "/data", flags=_SESSION)),
                "an archive in a file",
            ),
            Example(scene(runs(2, 900, "/usr/bin/tar", "tar", "tf", "-", flags=_SESSION)), "a listing"),
        ),
    ),
    interests=(tool_interest(_ARCHIVERS, where=Where.CONTAINER),),
    judge=_judge,
)
