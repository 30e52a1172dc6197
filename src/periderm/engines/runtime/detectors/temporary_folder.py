"""RUN-008: a program or script is run from a folder that everybody may write: /tmp, /var/tmp, /dev/shm, /run.

On the plain host, where builds and installers live in /tmp, only what hides or lies in shared memory counts more than a
note.
"""

from __future__ import annotations

import re

from periderm.engines.runtime import paths, programs
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.scene import HOST, runs, scene
from periderm.model.detector import DetectorSpec, Example
from periderm.model.event import EventKind
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_FOLDERS = ("/dev/shm/", "/tmp/", "/var/tmp/", "/run/", "/var/run/", "/run/shm/", "/dev/mqueue/")
_SYSTEMS_OWN = (
    "/run/current-system/", "/run/wrappers/", "/run/podman-init", "/run/systemd/", "/run/initramfs/", "/run/user/",
    "/run/booted-system/", "/run/opengl-driver/", "/run/host/", "/run/containerd/", "/run/torcx/",
)  # fmt: skip
_BUILDERS = frozenset(
    {"apt", "apt-get", "dpkg", "dpkg-preconfigure", "unattended-upgr", "rpm", "dnf", "yum", "apk", "go", "cargo", "rustc",
     "pip", "pip3", "make", "cmake", "gcc", "npm", "bazel", "ninja", "configure", "mkinitramfs", "dracut"}
)  # fmt: skip
_GO_BUILD = re.compile(r"/tmp/go-build\d+/")


def _place(path: str) -> str:
    """The folder that everybody may write and that the path lies in, or ''."""
    path = programs.normal(path)
    if path.startswith(_SYSTEMS_OWN):
        return ""
    return next((folder for folder in _FOLDERS if path.startswith(folder)), "")


def _judge(context: Context) -> Verdict | None:
    process, event, what = context.process, context.event, context.command
    if event.kind is not EventKind.EXEC or process.runtime:
        return None
    script = ""
    path = process.exe or event.raw
    if programs.is_loader(process.exe):
        path = what.path
    elif programs.is_shell(what) or programs.interpreter(what.name):
        script = programs.script(what)
    folder = _place(path)
    if not folder and script:
        path, folder = script, _place(script)
    elif folder:
        script = ""
    if not folder or _building(context):
        return None
    severity = _severity(folder, path, script, context)
    return (
        None if severity is None else Verdict(object=paths.folded(path), severity=severity, fill={"folder": folder.rstrip("/")})
    )


def _severity(folder: str, path: str, script: str, context: Context) -> Severity | None:  # noqa: PLR0911 -- a place a line
    hidden = "/." in path
    memory = folder in ("/dev/shm/", "/run/shm/", "/dev/mqueue/")
    if not context.contained:
        raw = context.event.raw
        if memory or hidden:
            return Severity.MEDIUM if script else Severity.HIGH
        if raw.startswith("/") and not _place(raw):
            return None  # a file system that is being built below /tmp (debootstrap, chroot)
        return None if script else Severity.INFORMATIONAL
    if memory or hidden:
        return Severity.HIGH
    if context.server_shell:
        return Severity.HIGH
    if script and context.package_manager is context.process and not context.interactive:
        return Severity.LOW  # a virtual environment of a job that builds
    return Severity.LOW if script and context.starting else Severity.MEDIUM


def _building(context: Context) -> bool:
    """Package managers and compilers run what they have just made; a server's child that says so is not believed."""
    if _GO_BUILD.match(context.process.exe) and not context.contained:
        return True
    if context.server_shell:
        return False
    return any(
        programs.command(p.exe, p.argv).name in _BUILDERS
        or programs.base(programs.script(programs.command(p.exe, p.argv))) in _BUILDERS
        for p in context.ancestors[:6]
        if not p.drifted
    )


DETECTOR = Detector(
    spec=DetectorSpec(
        id="RUN-008",
        title=Text("Run a program from a folder that everybody may write", "从所有人可写的目录运行程序"),
        message=Text(
            "{object} was run in {subject} from {folder}, where everybody may put files.",
            "{subject} 中从 {folder} 运行了 {object}，任何人都可在该目录放置文件。",
        ),
        severity=Severity.MEDIUM,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Look at who wrote the file. Mount such folders with noexec, and put programs that are needed into the image.",
            "查明是谁写入了该文件。以 noexec 方式挂载此类目录，并把需要的程序放进镜像。",
        ),
        techniques=("T1059.004", "T1036.005"),
        behaviours=(8,),
        fires=(
            Example(scene(runs(2, 1, "/dev/shm/x", "./x")), "shared memory, called by a relative path"),
            Example(scene(runs(2, 1, "/tmp/.X11-unix/update", "update")), "a hidden folder below /tmp"),
            Example(
                scene(runs(2, 1, "/usr/lib/ld-musl-x86_64.so.1", "ld.so", "--preload", "/x.so", "/var/tmp/a")),
                "through the dynamic loader with options",
            ),
            Example(scene(runs(2, 1, "/usr/bin/dash", "sh", "/tmp/../dev/shm//run.sh")), "a script behind `..`"),
            Example(scene(runs(2, 1, "/usr/bin/perl", "perl", "-w", "/proc/self/root/tmp/a.pl")), "through /proc/self/root"),
            Example(scene(runs(2, 1, "/dev/shm/a", "a", on=HOST)), "shared memory on the plain host"),
        ),
        quiet=(
            Example(scene(runs(2, 1, "/usr/bin/python3", "python3", "-c", "print('/tmp/x')")), "a path that is only text"),
            Example(
                scene(
                    runs(2, 1, "/usr/bin/dpkg", "dpkg", "--configure", "-a"),
                    runs(3, 2, "/tmp/tzdata.config.9vq2", "tzdata.config"),
                ),
                "the package manager asks its questions",
            ),
            Example(scene(runs(2, 1, "/run/podman-init", "podman-init")), "the runtime's own init"),
            Example(scene(runs(2, 1, "/srv/tmp/tool", "tool")), "a folder that is only called tmp"),
            Example(scene(runs(2, 1, "/tmp/go-build123/b001/exe/a", "a", on=HOST)), "`go run` on a host"),
        ),
    ),
    interests=(
        Interest(
            kinds=(EventKind.EXEC,),
            text=(r"^/(dev/shm|tmp|var/tmp|run|var/run|dev/mqueue)/",),
            args=(r"(/tmp/|/dev/shm/|/run/|/dev/mqueue/)",),
        ),
    ),
    judge=_judge,
    existing=True,
)
