"""A containerd of our own for tests, in a folder, ended with all that it started."""

from __future__ import annotations

import contextlib
import subprocess
import time
import uuid
from pathlib import Path


class Daemon:
    """A containerd of our own in a folder."""

    def __init__(self, folder: Path) -> None:
        self.root, self.state = folder / "root", folder / "state"
        self._socket = folder / "sock"
        (folder / "config.toml").write_text(
            'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
            f'[plugins."io.containerd.internal.v1.opt"]\n  path = "{folder / "opt"}"\n'
        )
        self._log = (folder / "log").open("w")
        places = ["--root", str(self.root), "--state", str(self.state), "--address", str(self._socket)]
        command = ["containerd", "-c", str(folder / "config.toml"), *places]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        self.namespace = f"periderm-{uuid.uuid4().hex[:8]}"
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self._socket.exists() and self.try_ctr("version").returncode == 0:
                return
            time.sleep(0.02)
        raise AssertionError((folder / "log").read_text()[-2000:])

    def try_ctr(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Runs ctr, whatever comes of it."""
        command = ["ctr", "--address", str(self._socket), "--namespace", self.namespace, *arguments]
        return subprocess.run(command, capture_output=True, check=False, timeout=300)

    def ctr(self, *arguments: str) -> None:
        """Runs ctr."""
        done = self.try_ctr(*arguments)
        assert done.returncode == 0, done.stderr.decode()

    def close(self) -> None:
        """Ends it with its containers, and removes the cgroup that ctr left."""
        self.try_ctr("task", "kill", "--signal", "SIGKILL", "web-1")
        for _ in range(100):
            if self.try_ctr("task", "rm", "web-1").returncode == 0 or not self.try_ctr("task", "ls", "-q").stdout.strip():
                break
            time.sleep(0.05)
        self.try_ctr("container", "rm", "web-1")
        self._process.terminate()
        self._process.wait(120)
        self._log.close()
        for hierarchy in ("", *(p.name for p in Path("/sys/fs/cgroup").iterdir() if p.is_dir())):
            folder = Path("/sys/fs/cgroup") / hierarchy / self.namespace
            for _ in range(600):  # what was killed is in its cgroup until the kernel has ended it
                with contextlib.suppress(OSError):
                    if folder.is_dir():
                        folder.rmdir()
                    break
                time.sleep(0.05)
