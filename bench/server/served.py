"""A server of the product's own over a copy of what was made, as a process of its own, and what it costs while it runs."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import _lab as lab

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 120.0
RUN = [sys.executable, "-m", "periderm"]


class Served:
    """A running server: its state's folder, its port, the port for agents, and its process."""

    def __init__(self, folder: Path, port: int, agents: int, process: subprocess.Popen[bytes], env: dict[str, str]) -> None:
        self.folder = folder
        self.port = port
        self.agents = agents
        self.process = process
        self.env = env

    def command(self, *words: str) -> str:
        """What a command of the product prints, beside the server."""
        argv = [*RUN, *words, "--state", str(self.folder), "--quiet"]
        return subprocess.run(argv, env=self.env, check=True, capture_output=True, text=True).stdout

    def processes(self) -> list[int]:
        """The server and what it started."""
        found = [self.process.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in os.listdir(f"/proc/{pid}/task"):
                    found += [int(word) for word in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
        return found

    def cpu(self) -> float:
        """Seconds of CPU that the server has used, with children that ended."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        own = sum(map(int, fields[11:15])) / TICKS
        return own + sum(_cpu(pid) for pid in self.processes()[1:])

    def peak(self) -> float:
        """MiB that the server process held at most since the last `forget_peak` (VmHWM)."""
        return _status(self.process.pid, "VmHWM")

    def anonymous(self) -> float:
        """MiB of it that are no files' pages, now (RssAnon and RssShmem)."""
        return _status(self.process.pid, "RssAnon") + _status(self.process.pid, "RssShmem")

    def forget_peak(self) -> None:
        """From now on `peak` counts anew."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / TICKS
    return 0.0


def _status(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def served(store: Path | None, history: Path | None, where: Path) -> Iterator[Served]:
    """A server over copies of these, in a folder below `where` that is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=where))
    try:
        if store is not None:
            shutil.copyfile(store, folder / "periderm.sqlite")
        if history is not None:
            subprocess.run(["cp", "-al", str(history), str(folder / "history")], check=True)
        port, agents = lab.free_port(), lab.free_port()
        env = {**os.environ, "PERIDERM_CACHE": str(folder / "cache"), "PERIDERM_PORT": str(port), "LANG": "C.UTF-8"}
        argv = [*RUN, "server", "--agents", f"127.0.0.1:{agents}", "--state", str(folder)]
        with open(folder / "server.out", "ab") as log:
            process = subprocess.Popen(argv, env=env, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(port, process, folder / "server.out")
            yield Served(folder, port, agents, process, env)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            connection.close()
            return
        time.sleep(0.1)
    sys.exit(f"server: it does not answer:\n{log.read_text()[-2000:]}")


class Person:
    """Someone with a session, over one connection."""

    def __init__(self, server: Served) -> None:
        store = SqlStore(str(server.folder / "periderm.sqlite"), SystemClock())
        try:
            settings = Settings(state=str(server.folder), cache=str(server.folder / "cache"), port=server.port)
            app = Application(store=store, clock=SystemClock(), settings=settings)
            link = urlsplit(make_sign_in_link(app, LOCAL_ADMIN))
        finally:
            store.close()
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._headers = {"Host": f"127.0.0.1:{server.port}"}
        self._connection.request("GET", f"{link.path}?{link.query}", headers=self._headers)
        answer = self._connection.getresponse()
        answer.read()
        self._headers["Cookie"] = (answer.getheader("set-cookie") or "").partition(";")[0]

    def get(self, path: str, *, missing: bool = False) -> bytes:
        """A page or an answer of the API; `missing`: where there is nothing yet, an empty list."""
        try:
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):  # it was idle for too long
            self._connection.close()
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
        body = answer.read()
        if answer.status == 404 and missing:
            return b'{"items": []}'
        if answer.status != 200:
            sys.exit(f"server: {path} gave {answer.status}: {body[:300]!r}")
        return body
