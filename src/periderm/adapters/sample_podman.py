"""`ports.sample_parts.SampleEngine` with the podman command: the sample's images and its one container, nothing else."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from periderm.model.errors import ContainerRuntimeError
from periderm.model.text import Text
from periderm.ports.sample_parts import Progress, SampleBuilt, SampleParts

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_KEY = "io.periderm.sample.key"
_OURS = "io.periderm.sample"
# So that an incident in it has an owner; a real fleet sets these on its own containers.
LABELS = {
    _OURS: "true",
    "io.periderm.owner": "web-team",
    "io.periderm.application": "sample-shop",
    "io.periderm.environment": "demo",
    "io.periderm.grade": "ordinary",
    "io.periderm.workload": "sample-shop",
}
_DEPOTS = {"depot-north.internal": "10.20.0.11", "depot-south.internal": "10.20.0.12", "depot-east.internal": "10.20.0.13"}


class _Inspected(msgspec.Struct, frozen=True, rename={"identity": "Id", "labels": "Labels"}):
    identity: str
    labels: dict[str, str] | None = None


class _State(msgspec.Struct, frozen=True, rename={"pid": "Pid", "running": "Running"}):
    pid: int = 0
    running: bool = False


class _Settings(msgspec.Struct, frozen=True, rename={"labels": "Labels"}):
    labels: dict[str, str] | None = None


class _Box(msgspec.Struct, frozen=True, rename={"state": "State", "config": "Config"}):
    state: _State = _State()
    config: _Settings = _Settings()


class PodmanSample:
    """One sample: `name` of its container, `reference` of its image, `kept` the file with the dropped program."""

    def __init__(self, kept: Path, name: str = "periderm-sample", reference: str = "localhost/periderm-sample:1") -> None:
        self._kept = kept
        self._name = name
        self._reference = reference
        self._base = reference.rsplit(":", 1)[0] + "-base"

    def available(self) -> str:
        """Podman and root, since the sample's network is entered."""
        if shutil.which("podman") is None:
            return "The sample runs with podman, which is missing: install the packages podman and runc."
        return "" if os.geteuid() == 0 else "The sample runs as root only: its network namespace is entered."

    def has_base(self, parts: SampleParts) -> bool:
        """Whether the base with this key is an image already."""
        return self._inspect_image(f"{self._base}:{parts.base_key}") is not None and (self._kept / "find-as-root").is_file()

    def built(self, parts: SampleParts) -> SampleBuilt | None:
        """The image, if its key label is that of the sources."""
        image = self._inspect_image(self._reference)
        dropped = self._kept / "dropped"
        if image is None or (image.labels or {}).get(_KEY) != parts.key or not dropped.is_file():
            return None
        digest = f"sha256:{image.identity}"
        return SampleBuilt(reference=self._reference, digest=digest, fresh=False, seconds=0.0, dropped=dropped.read_bytes())

    def build(self, parts: SampleParts, progress: Progress) -> SampleBuilt:
        """Two steps: the base as the first layer, then our files above it, a layer for each."""
        begun = time.monotonic()
        base = f"{self._base}:{parts.base_key}"
        if parts.base:
            progress(Text("image: the base becomes the first layer", "镜像：基础系统成为第一层"), 0.0)
            self._import(Path(parts.base), base)
        before = self._inspect_image(self._reference)
        progress(Text("image: our files become the layers above it", "镜像：样例文件成为上面的各层"), 0.6)
        context = Path(parts.context)
        shutil.copy2(self._kept / "find-as-root", context / "find-as-root")
        self._podman(
            *("build", "--isolation=chroot", "--network=host", "--layers=true", "--quiet"),
            *("--build-arg", f"BASE={base}", "--build-arg", f"TOKEN={parts.token}", "--label", f"{_KEY}={parts.key}"),
            *("--tag", self._reference, str(context)),
        )
        (self._kept / "dropped").write_bytes(parts.dropped)
        built = self.built(parts)
        if built is None:
            raise ContainerRuntimeError("Podman built the sample's image and then does not know it.", "Try again.")
        if before and f"sha256:{before.identity}" != built.digest:  # nobody would ever find it again without a name
            self._podman("rmi", "--force", before.identity, missing=True)
        progress(Text("image: ready", "镜像：就绪"), 1.0)
        return msgspec.structs.replace(built, fresh=True, seconds=time.monotonic() - begun)

    def start(self) -> str:
        """The container: no network but its own loopback, limits of its own, nothing of the host."""
        self.stop()
        _, hard_files = resource.getrlimit(resource.RLIMIT_NOFILE)
        _, hard_processes = resource.getrlimit(resource.RLIMIT_NPROC)
        # The defaults of podman ask for more than a machine without CAP_SYS_RESOURCE may give.
        files = 20000 if hard_files == resource.RLIM_INFINITY else min(20000, hard_files)
        processes = 4096 if hard_processes == resource.RLIM_INFINITY else min(4096, hard_processes)
        command = [
            "run",
            "--detach",
            "--name",
            self._name,
            "--network=none",
            "--pull=never",
            "--memory=256m",
            "--pids-limit=256",
        ]
        command += ["--ulimit", f"nofile={files}:{files}", "--ulimit", f"nproc={processes}:{processes}"]
        for key, value in LABELS.items():
            command += ["--label", f"{key}={value}"]
        for name, address in _DEPOTS.items():
            command += ["--add-host", f"{name}:{address}"]
        return self._podman(*command, self._reference).strip()[-64:]

    def pid(self) -> int:
        """0 if it does not run."""
        box = self._inspect_container()
        return box.state.pid if box and box.state.running else 0

    def exists(self, path: str) -> bool:
        """Looked up below the container's root; the last part is not followed."""
        pid = self.pid()
        if not pid:
            raise ContainerRuntimeError("The sample container does not run.", "Start it with `periderm demo`.")
        return os.path.lexists(f"/proc/{pid}/root{path}")

    def present(self) -> str:
        """The container's name if there is one that is ours, running or not; else ''."""
        box = self._inspect_container()
        return self._name if box and _OURS in (box.config.labels or {}) else ""

    def stop(self) -> bool:
        """Only a container that carries our label is removed."""
        box = self._inspect_container()
        if box is None:
            return False
        if _OURS not in (box.config.labels or {}):
            raise ContainerRuntimeError(
                f"A container named {self._name} exists that is not the sample.", f"Rename it: podman rename {self._name} NEW."
            )
        self._podman("rm", "--force", "--time=0", self._name)
        return True

    def clean(self) -> tuple[str, ...]:
        """The container, the image, and every base that was made for it."""
        removed = []
        if shutil.which("podman") is None:
            return ()
        if self.stop():
            removed.append(f"container {self._name}")
        listed = self._podman("images", "--format", "{{.Repository}}:{{.Tag}}")
        for reference in dict.fromkeys(listed.split()):
            if reference == self._reference or reference.startswith(f"{self._base}:"):
                self._podman("rmi", "--force", reference)
                removed.append(f"image {reference}")
        return tuple(removed)

    def _inspect_image(self, reference: str) -> _Inspected | None:
        text = self._podman("image", "inspect", reference, missing=True)
        return _first(text, _Inspected)

    def _inspect_container(self) -> _Box | None:
        if shutil.which("podman") is None:
            return None
        return _first(self._podman("container", "inspect", self._name, missing=True), _Box)

    def _import(self, tree: Path, reference: str) -> None:
        """The tree as a one-layer image; names and times are fixed, so that the same tree gives the same layer."""
        program = shutil.which("tar") or "/usr/bin/tar"
        options = ["--create", "--numeric-owner", "--sort=name", "--mtime=@1700000000", "--directory", str(tree), "."]
        with subprocess.Popen([program, *options], stdout=subprocess.PIPE) as packer:
            done = False
            try:
                self._podman("import", "--quiet", "-", reference, stdin=packer)
                done = True
            finally:
                if not done:
                    packer.kill()
        if packer.returncode not in (0, -signal.SIGPIPE):  # podman may stop reading at the archive's end marker
            raise ContainerRuntimeError("The sample's base could not be packed.", "Is the disk full?")

    def _podman(self, *arguments: str, missing: bool = False, stdin: subprocess.Popen[bytes] | None = None) -> str:
        """Runs podman; with `missing` a failure gives ''. Raises ContainerRuntimeError with podman's last line."""
        program = shutil.which("podman")
        if program is None:
            raise ContainerRuntimeError("podman is missing, which runs the sample.", "Install the packages podman and runc.")
        options = ["--cgroup-manager=cgroupfs"]
        runc = shutil.which("runc") or ("/usr/sbin/runc" if Path("/usr/sbin/runc").exists() else None)
        if runc:  # crun, podman's default, refuses hybrid cgroups
            options += ["--runtime", runc]
        try:
            done = subprocess.run(
                [program, *options, *arguments],
                stdin=stdin.stdout if stdin else subprocess.DEVNULL,
                capture_output=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ContainerRuntimeError(f"podman {arguments[0]} did not end within 300 seconds.") from error
        if done.returncode:
            if missing:
                return ""
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise ContainerRuntimeError(f"podman {arguments[0]} failed: {said[-1] if said else done.returncode}")
        return done.stdout.decode("utf-8", "replace")


def _first(text: str, kind: type[_Struct]) -> _Struct | None:
    """The first of what `podman inspect` printed; None if it printed nothing."""
    try:
        found = msgspec.json.decode(text, type=list[kind]) if text.strip() else []  # type: ignore[valid-type] # kind is a value
    except msgspec.MsgspecError as error:
        raise ContainerRuntimeError(f"podman inspect printed something unknown: {error}") from error
    return found[0] if found else None
