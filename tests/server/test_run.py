"""The running server: on loopback only, patient but not for ever, and it stops when it is told."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from periderm.model.errors import ConnectError, UsageError
from periderm.server import run
from periderm.server.listener import bind_public
from periderm.server.run import bind
from tests.free_ports import free_port

PROGRAM = """
import sys
from pathlib import Path
from periderm.adapters.clock_system import SystemClock
from periderm.server import run
from tests.story import application, tell
run.HEADER_SECONDS = float(sys.argv[2])
app = application(Path(sys.argv[1]), SystemClock())
tell(app)
listener = run.bind("127.0.0.1", 0)
run.serve(app, "token", listener=listener, on_ready=lambda: print(listener.getsockname()[1], flush=True))
app.store.close()
print("stopped", flush=True)
"""


def start(folder: Path, header: float = 600.0) -> tuple[subprocess.Popen[str], int]:
    """A server process and its port. `header` is how many seconds a caller may take for the head of a request: by default so
    many that no caller of a busy machine is too slow."""
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "default"}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(header)], stdout=subprocess.PIPE, text=True, env=environment, cwd=root
    )
    assert process.stdout is not None
    return process, int(process.stdout.readline())


def stop(process: subprocess.Popen[str]) -> str:
    """Ask it to stop; what it said last."""
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=180)
    return rest


def get(port: int, path: str) -> tuple[int, bytes]:
    """An answer over the network."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    connection.request("GET", path, headers={"Authorization": "Bearer token"})
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def got(port: int, path: str) -> tuple[int, bytes]:
    """The same from a server that has little patience: whoever was interrupted before the head was sent asks again."""
    while True:
        with contextlib.suppress(http.client.RemoteDisconnected, ConnectionError):
            return get(port, path)


@pytest.fixture(scope="module", autouse=True)
def _assets() -> None:
    """The process reads them from the package."""
    from tools.build_assets import build

    build()


def test_it_answers_and_stops_with_a_page_open(tmp_path: Path) -> None:
    """SIGTERM ends an event stream instead of waiting for it, and `serve` returns."""
    process, port = start(tmp_path)
    assert get(port, "/api/v1/incidents")[0] == 200
    stream = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    stream.request("GET", "/api/v1/events?after=0", headers={"Authorization": "Bearer token"})
    answer = stream.getresponse()
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    assert answer.readline().startswith(b"retry")
    assert stop(process) == "stopped\n"
    assert process.returncode == 0
    stream.close()


def test_slow_callers_are_cut_off_and_others_served(tmp_path: Path) -> None:
    """A head that never ends, and one that is too long; meanwhile everybody else gets answers."""
    process, port = start(tmp_path, header=0.3)
    slow = socket.create_connection(("127.0.0.1", port), timeout=180)
    slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
    silent = socket.create_connection(("127.0.0.1", port), timeout=180)
    assert got(port, "/api/v1/gaps")[0] == 200
    assert slow.recv(100) == b""
    assert silent.recv(100) == b""
    answer = b""
    while not answer:  # as `got` does
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=180) as long:
            long.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: " + b"a" * 80_000)
            answer = long.recv(100)
    assert answer.startswith(b"HTTP/1.1 400")
    for each in (slow, silent):
        each.close()
    assert got(port, "/api/v1/gaps")[0] == 200
    stop(process)


def test_many_at_once_are_all_answered(tmp_path: Path) -> None:
    """More callers than threads wait their turn."""
    process, port = start(tmp_path)
    answers: list[int] = []
    threads = [threading.Thread(target=lambda: answers.append(get(port, "/api/v1/overview")[0])) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 40
    stop(process)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "localhost", ""])  # noqa: S104 -- these are to be refused
def test_it_listens_on_loopback_only(host: str) -> None:
    """A name is refused too: what it means may change."""
    with pytest.raises(UsageError):
        bind(host, 0)


def test_a_taken_port_is_told() -> None:
    """With the way to another."""
    with bind("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(ConnectError, match="cannot be used") as error:
            bind("127.0.0.1", first.getsockname()[1])
        assert "PERIDERM_PORT" in error.value.next_step


def test_limits_are_set() -> None:
    """Each is a documented number."""
    assert run.HEADER_BYTES <= 64 * 1024
    assert run.MOST_CONNECTIONS <= 1024


@pytest.mark.parametrize("door", ["people", "machines"])
def test_the_end_of_an_answer_is_not_held_back(door: str) -> None:
    """A connection sends at once what there is, also the last piece of a long answer."""
    with bind("127.0.0.1", 0) if door == "people" else bind_public(f"127.0.0.1:{free_port()}") as listener:
        listener.listen()
        with socket.create_connection(listener.getsockname()):
            taken, _ = listener.accept()
            with taken:
                assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
