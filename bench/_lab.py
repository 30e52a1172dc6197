"""What the benchmarks of the whole product share: a private state, a running `periderm up`, a container that makes load.

All that is made is removed at the end, also after a failure. Needs root, podman and a kernel with BTF.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PODMAN = ("podman", "--cgroup-manager=cgroupfs", "--runtime=runc")
IMAGE = "localhost/periderm-bench-load:1"
NAME = "periderm-bench-load"
# podman asks for more by default than a machine without CAP_SYS_RESOURCE may give.
LIMITS = ("--ulimit=nofile=20000:20000", "--ulimit=nproc=4096:4096")


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def missing() -> str:
    """'' if these benchmarks can run here, else why not."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/sys/kernel/btf/vmlinux").exists():
        return "needs a kernel with BTF"
    tools = [tool for tool in ("podman", "runc", "gcc") if shutil.which(tool) is None]
    return f"needs {', '.join(tools)}" if tools else ""


@contextlib.contextmanager
def image() -> Iterator[str]:
    """An image that holds nothing but the load program."""
    with tempfile.TemporaryDirectory(prefix="periderm-bench-") as folder:
        root = Path(folder) / "root"
        (root / "tmp").mkdir(parents=True)
        (root / "etc").mkdir()
        (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
        subprocess.run(["gcc", "-O2", "-static", "-o", root / "load", HERE / "load.c"], check=True)
        archive = Path(folder) / "root.tar"
        subprocess.run(["tar", "-C", root, "-cf", archive, "."], check=True)
        subprocess.run([*PODMAN, "import", "-q", archive, IMAGE], check=True, stdout=subprocess.DEVNULL)
    try:
        yield IMAGE
    finally:
        subprocess.run([*PODMAN, "rmi", "-f", IMAGE], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def container(*command: str) -> Iterator[subprocess.Popen[str]]:
    """The load program running in a container without a network; its output can be read."""
    argv = [*PODMAN, "run", "--rm", "--network=none", "--name", NAME, *LIMITS, "--tmpfs=/tmp/new", IMAGE, "/load", *command]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        subprocess.run([*PODMAN, "rm", "-f", NAME], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        process.wait(30)


class Running:
    """A `periderm up` of its own."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until the agent has told of this node."""
        environment = {**os.environ, "PERIDERM_STATE": str(self.state), "PERIDERM_CACHE": str(self.state / "cache")}
        environment["PERIDERM_PORT"] = str(self.port)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "periderm", "up", "--quiet"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=(self.state / "up.log").open("wb"),
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, KeyError, json.JSONDecodeError):
                if self.get("/api/v1/assets?kind=node")["total"] >= 1:
                    return
            time.sleep(0.2)
        raise SystemExit(f"periderm up did not start: {(self.state / 'up.log').read_text()[-2000:]}")

    def get(self, path: str) -> Any:
        """One JSON answer of the API, asked with the service token."""
        token = (self.state / "service-token").read_text().strip()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def pids(self, role: str) -> list[int]:
        """Processes of a role below this `up`."""
        above = self._process.pid if self._process else -1
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if parent == above and role.encode() in words:
                    found.append(int(entry.name))
        return found

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)


@contextlib.contextmanager
def running() -> Iterator[Running]:
    """A `periderm up` with a state folder of its own."""
    with tempfile.TemporaryDirectory(prefix="periderm-bench-") as folder:
        product = Running(Path(folder), free_port())
        try:
            product.start()
            yield product
        finally:
            product.stop()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int, *, without: str = "bpf") -> tuple[float, float]:
    """(Pss, Pss of mappings whose name holds `without`) in MiB: the ring is told apart from the process."""
    total = apart = 0
    name = ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0] and not words[0].endswith(":"):
            name = " ".join(words[5:])
        elif words[0] == "Pss:":
            total += int(words[1])
            apart += int(words[1]) if without in name else 0
    return total / 1024, apart / 1024
