"""A real container of one static busybox, made here, and a small world for it to talk to: a network namespace of ours."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
import tarfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from periderm.adapters.containers_podman import PodmanContainers, PodmanStorage
from periderm.adapters.proc_linux import LinuxProc
from periderm.adapters.records_local import LocalRecords
from periderm.model.asset import Container

ROOT = Path("/var/lib/containers/storage")
RUN = Path("/run/containers/storage")
BUSYBOX = "/bin/busybox"
APPLETS = ("sh", "sleep", "cat", "cp", "ln", "mv", "nc", "ls", "id", "touch", "setsid", "env", "seq", "rm", "wc", "yes", "true")


def podman(*arguments: str, data: bytes | None = None) -> str:
    """Runs podman with cgroupfs and runc; returns what it says."""
    command = ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def find(container_id: str) -> Container | None:
    """The running container with a runtime's id."""
    runtime = PodmanContainers("n", LinuxProc(), LocalRecords(), [PodmanStorage(ROOT, RUN)])
    return next((c for c in runtime.containers() if c.container_id == container_id), None)


def rootfs(programs: Mapping[str, bytes]) -> bytes:
    """A tar with busybox, its names, and programs by path."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in ("bin", "etc", "proc", "sys", "dev", "run", "tmp", "srv", "out", "lib64"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for path, data in {"bin/busybox": Path(BUSYBOX).read_bytes(), **programs}.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o755
            tar.addfile(entry, io.BytesIO(data))
        for name in APPLETS:
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(entry)
    return buffer.getvalue()


@dataclasses.dataclass(frozen=True)
class Busy:
    """A running container."""

    id: str
    name: str

    def do(self, *command: str, check: bool = True) -> str:
        """Runs a command in it and returns what it prints."""
        done = subprocess.run(
            ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc", "exec", self.name, *command],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert not check or done.returncode == 0, done.stderr
        return done.stdout

    def start(self, script: str) -> None:
        """Starts a shell script in it and leaves it."""
        podman("exec", "--detach", self.name, "sh", "-c", script)

    @property
    def container(self) -> Container:
        """As the product sees it."""
        found = find(self.id)
        assert found is not None
        return found


def make_image(programs: Mapping[str, bytes]) -> Iterator[str]:
    """An image of its own name, removed afterwards."""
    if shutil.which("busybox") is None:
        pytest.skip("needs busybox-static")
    reference = f"localhost/periderm-busy-test:{uuid.uuid4().hex[:12]}"
    podman("import", "--quiet", '--change=CMD ["sleep","1000000"]', "-", reference, data=rootfs(programs))
    try:
        yield reference
    finally:
        podman("rmi", "--force", reference)


def run(image: str, *options: str, network: str = "none") -> Iterator[Busy]:
    """Runs the image; removes the container afterwards."""
    name = f"periderm-busy-test-{uuid.uuid4().hex[:12]}"
    limits = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")
    identity = podman("run", "--detach", f"--network={network}", "--name", name, *limits, *options, image)
    try:
        yield Busy(identity, name)
    finally:
        podman("rm", "--force", "--time", "0", name)


def world(container: Container) -> Iterator[int]:
    """A network namespace (its holder's pid) that the container is wired to: 10.99.0.1 and 10.99.0.2 there, 10.99.0.9 in the
    container."""
    with subprocess.Popen(["unshare", "--net", "sleep", "1000000"]) as holder:
        try:
            assert until(lambda: Path(f"/proc/{holder.pid}/comm").read_text().strip() == "sleep")
            inside = ["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"]
            there = ["nsenter", f"--net=/proc/{container.pid}/ns/net", "--"]
            for prefix, words in (
                (inside, "ip link add out0 type veth peer name in0"),
                (inside, f"ip link set in0 netns {container.pid}"),
                (inside, "ip addr add 10.99.0.1/24 dev out0"),
                (inside, "ip addr add 10.99.0.2/24 dev out0"),
                (inside, "ip link set out0 up"),
                (inside, "ip link set lo up"),
                (there, "ip addr add 10.99.0.9/24 dev in0"),
                (there, "ip link set in0 up"),
            ):
                subprocess.run([*prefix, *words.split()], check=True)
            yield holder.pid
        finally:
            holder.kill()


def until(true: Callable[[], bool], seconds: float = 90.0) -> bool:
    """Whether it becomes true within a while; the while is long, for other work may have the machine."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.03)
    return True
