"""`ports.stage.Stage` with the podman command: a container of the host's own programs (read-only), without network, with
nothing else of the host, made for one run and removed after it."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import resource
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from periderm.model.errors import ContainerRuntimeError
from periderm.model.exercise import Exercise
from periderm.ports.stage import Done

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
LABEL = "io.periderm.selftest"
SERVER = "/srv/app/server.py"
START_SECONDS = 120.0
PERFORM_SECONDS = 60.0  # the server inside ends a script after ten: this is for a machine that is too busy to say so
SESSION_SECONDS = 30
MOST_LINE = 64 << 10
_SECCOMP = "/usr/share/containers/seccomp.json"
_LET = ("io_uring_setup", "io_uring_enter", "io_uring_register")
_PODMAN = shutil.which("podman") or "/usr/bin/podman"
_FOLDERS = (
    "usr",
    "etc",
    "tmp",
    "var/log",
    "var/tmp",
    "var/www/html",
    "root",
    "srv/app",
    "opt",
    "run",
    "proc",
    "sys",
    "dev",
    "home",
)
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_FILES = {
    "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n",
    "etc/group": b"root:x:0:\nwww-data:x:33:\n",
    "etc/shadow": b"root:*:19000:0:99999:7:::\n",  # no hash: nothing that opens a door
    "etc/shadow-": b"root:*:19000:0:99999:7:::\n",
    "etc/gshadow": b"root:*::\n",
    "etc/gshadow-": b"root:*::\n",
    "etc/os-release": b'ID=periderm-selftest\nNAME="Periderm self-test"\n',
}


class _Ready(msgspec.Struct):
    ready: bool


class _Said(msgspec.Struct):
    status: int
    said: str


class PodmanStage:
    """One run's container. Not thread-safe."""

    def __init__(self) -> None:
        self._key = secrets.token_hex(4)
        self._name = f"periderm-selftest-{self._key}"
        self._image = f"localhost/periderm-selftest:{self._key}"
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._folder = ""
        self._programs: dict[str, bool] = {}

    def available(self) -> str:
        """Podman and root: the sensor needs it anyway."""
        if shutil.which("podman") is None:
            return "The exercises run with podman, which is missing: install the packages podman and runc."
        return "" if os.geteuid() == 0 else "The exercises run as root only, as the sensor does."

    def start(self) -> str:
        """See the port."""
        self._podman("import", "--quiet", "-", self._image, given=_image())
        command = [_PODMAN, "run", "--interactive", "--name", self._name, "--network=none", "--pull=never", "--memory=512m"]
        command += ["--pids-limit=256", "--label", f"{LABEL}={self._key}", "--label", "io.periderm.workload=periderm-selftest"]
        command += [*self._filter(), *_limits(), *_programs(), self._image, _python(), SERVER]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        _decoded(self._line(START_SECONDS), _Ready)
        return self._podman("container", "inspect", "--format", "{{.Id}}", self._name).strip()

    def _filter(self) -> list[str]:
        """The runtime's own filter of system calls, but io_uring is let through: whoever takes a container over may find it
        open (Docker's was until 2023), and it must be seen. Without a readable filter the runtime's default holds."""
        with contextlib.suppress(OSError, msgspec.DecodeError):
            rules = msgspec.json.decode(Path(_SECCOMP).read_bytes(), type=dict[str, object])
            calls = rules.get("syscalls")
            if isinstance(calls, list):
                rules["syscalls"] = [*calls, {"names": list(_LET), "action": "SCMP_ACT_ALLOW"}]
                self._folder = tempfile.mkdtemp(prefix="periderm-selftest-")
                path = os.path.join(self._folder, "seccomp.json")
                Path(path).write_bytes(msgspec.json.encode(rules))
                return ["--security-opt", f"seccomp={path}"]
        return []

    def has(self, program: str) -> bool:
        """Looked up where the container sees it."""
        if program not in self._programs:
            folders = "/usr/local/bin:/usr/bin:/usr/sbin:/bin:/sbin"
            self._programs[program] = shutil.which(program, path=folders) is not None
        return self._programs[program]

    def perform(self, exercise: Exercise) -> Done:
        """See the port."""
        if exercise.session:
            return self._session(exercise)
        if self._process is None or self._process.stdin is None:
            raise ContainerRuntimeError("The exercises' container does not run.")
        order = msgspec.json.encode({"language": exercise.language, "script": exercise.script})
        try:
            self._process.stdin.write(order + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ContainerRuntimeError("The exercises' container has ended.", "Run it again.") from error
        said = _decoded(self._line(PERFORM_SECONDS), _Said)
        return Done(said.status, base64.b64decode(said.said).decode("utf-8", "replace"))

    def _session(self, exercise: Exercise) -> Done:
        """As an operator would: brought in from outside, with a terminal of its own if it asks for one."""
        way = ["--interactive", "--tty"] if exercise.tty else []
        command = [_PODMAN, "exec", *way, self._name, "sh", *([] if exercise.tty else ["-c", exercise.script])]
        typed = f"{exercise.script}\nexit\n".encode() if exercise.tty else b""
        try:
            done = subprocess.run(
                command, input=typed, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SESSION_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            return Done(-int(signal.SIGKILL), (error.output or b"")[-4000:].decode("utf-8", "replace"))
        return Done(done.returncode, done.stdout[-4000:].decode("utf-8", "replace"))

    def stop(self) -> None:
        """See the port."""
        if shutil.which("podman") is None:
            return
        self._podman("rm", "--force", "--time=0", self._name, missing=True)
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._podman("rmi", "--force", self._image, missing=True)
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""

    def _line(self, seconds: float) -> bytes:
        """The next line that the first program says. Raises ContainerRuntimeError."""
        if self._process is None or self._process.stdout is None:
            raise ContainerRuntimeError("The exercises' container does not run.")
        deadline = time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([self._process.stdout], [], [], left)[0]
            part = os.read(self._process.stdout.fileno(), 1 << 16) if ready else b""
            self._rest += part
            if not part or len(self._rest) > MOST_LINE:
                raise ContainerRuntimeError(
                    "The exercises' container does not answer.", "Does podman run containers here? Try `periderm doctor`."
                )
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _podman(self, *arguments: str, given: bytes = b"", missing: bool = False) -> str:
        done = subprocess.run([_PODMAN, *arguments], input=given, capture_output=True, timeout=300, check=False)
        if done.returncode and not missing:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it does not say why"]
            raise ContainerRuntimeError(f"podman {arguments[0]} failed: {lines[-1][:300]}", "See `periderm doctor`.")
        return done.stdout.decode("utf-8", "replace")


def _decoded(line: bytes, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ContainerRuntimeError("The exercises' container said what cannot be read.") from error


def _image() -> bytes:
    """Folders, a few files, links to the host's merged folders, and the server: some 20 KB."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in _FOLDERS:
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if name.endswith("tmp") else 0o755
            tar.addfile(entry)
        for name in _MERGED:
            if os.path.islink(f"/{name}"):
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = tarfile.SYMTYPE, os.readlink(f"/{name}")
                tar.addfile(entry)
        server = (Path(__file__).parent / "stage_files" / "server.py").read_bytes()
        for name, data in {**_FILES, SERVER.lstrip("/"): server}.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o640 if "shadow" in name else 0o644
            tar.addfile(entry, io.BytesIO(data))
    return made.getvalue()


def _programs() -> list[str]:
    """The host's programs, read-only."""
    folders = ["/usr", *(f"/{name}" for name in _MERGED if os.path.isdir(f"/{name}") and not os.path.islink(f"/{name}"))]
    if os.path.isdir("/etc/alternatives"):
        folders.append("/etc/alternatives")
    if not sys.base_prefix.startswith("/usr"):
        folders.append(sys.base_prefix)
    return [part for folder in folders for part in ("--volume", f"{folder}:{folder}:ro")]


def _python() -> str:
    """This interpreter as the container sees it."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return os.path.join(sys.base_prefix, "bin", name)


def _limits() -> list[str]:
    """No more than this machine may give."""
    found = []
    for name, number, wanted in (("nofile", resource.RLIMIT_NOFILE, 20000), ("nproc", resource.RLIMIT_NPROC, 4096)):
        _, hard = resource.getrlimit(number)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        found += ["--ulimit", f"{name}={value}:{value}"]
    return found
