"""Commands of the product announce themselves to the agent, and nobody else can."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from periderm.adapters.own_work import OwnWorkListener, own_work

Told = list[tuple[str, int]]


def address(folder: Path) -> str:
    """The socket in a folder."""
    return str(folder / "own-work.sock")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    """What a listener in the folder says."""
    said: Told = []
    listener = OwnWorkListener(
        address(tmp_path), lambda pid: said.append(("began", pid)), lambda pid: said.append(("ended", pid))
    )
    assert listener.start()
    yield said
    listener.close()
    assert not Path(address(tmp_path)).exists()


def until(there: Callable[[], bool]) -> bool:
    """Waits for the listener's thread."""
    end = time.monotonic() + 60
    while not there() and time.monotonic() < end:
        time.sleep(0.01)
    return there()


def test_work_is_announced_while_it_lasts(tmp_path: Path, told: Told) -> None:
    """The kernel says who it is; the end of the connection is the end."""
    with own_work(address(tmp_path)) as taken:
        assert taken
        assert told == [("began", os.getpid())]
    assert until(lambda: len(told) == 2)
    assert told[1] == ("ended", os.getpid())


def test_a_command_that_dies_has_ended(tmp_path: Path, told: Told) -> None:
    """`kill -9` closes its connection too."""
    script = (
        "import sys,time\nfrom periderm.adapters.own_work import own_work\n"
        "with own_work(sys.argv[1]) as t:\n  print(t,flush=True)\n  time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", script, address(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "True\n"
    child.kill()
    child.wait()
    child.stdout.close()
    assert until(lambda: ("ended", child.pid) in told)
    assert told == [("began", child.pid), ("ended", child.pid)]


def test_without_an_agent_work_goes_on(tmp_path: Path) -> None:
    """No socket, one that nobody listens on, and a folder that is none: each is no error."""
    with own_work(address(tmp_path)) as taken:
        assert not taken
    left = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    left.bind(address(tmp_path))
    left.close()
    with own_work(address(tmp_path)) as taken:
        assert not taken
    with own_work(address(tmp_path / ("x" * 300))) as taken:
        assert not taken


def test_a_socket_that_was_left_behind_is_replaced(tmp_path: Path) -> None:
    """An agent that was killed leaves one; the next one listens all the same, for its own user only."""
    left = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    left.bind(address(tmp_path))
    left.close()
    listener = OwnWorkListener(address(tmp_path), lambda _pid: None, lambda _pid: None)
    assert listener.start()
    assert stat.S_IMODE(os.stat(address(tmp_path)).st_mode) == 0o600
    listener.close()
    assert not OwnWorkListener(address(tmp_path / "missing"), lambda _pid: None, lambda _pid: None).start()


def test_who_is_gone_already_is_not_taken(tmp_path: Path) -> None:
    """An agent that cannot find the process says nothing, and the command is watched as anybody is."""

    def gone(pid: int) -> None:
        raise ProcessLookupError(pid)

    listener = OwnWorkListener(address(tmp_path), gone, lambda _pid: None)
    assert listener.start()
    with own_work(address(tmp_path)) as taken:
        assert not taken
    listener.close()


@pytest.mark.root
def test_another_user_is_refused(tmp_path: Path, told: Told) -> None:
    """Only who could stop the agent anyway may say that it is ours, even where the folder lets others in."""
    for folder in (tmp_path, *tmp_path.parents):
        if str(folder).startswith("/tmp/pytest"):
            folder.chmod(0o755)
    Path(address(tmp_path)).chmod(0o666)
    script = (
        "import os,socket,sys\nos.setuid(65534)\ns=socket.socket(socket.AF_UNIX,socket.SOCK_SEQPACKET)\n"
        "s.connect(sys.argv[1])\nprint(s.recv(9))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, address(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stdout == "b''\n", done.stderr
    assert told == []
