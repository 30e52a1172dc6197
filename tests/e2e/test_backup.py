"""A copy of a server that is taking in what nodes send: whatever was acknowledged before it is in it."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from periderm.adapters.uplink_http import HttpUplink
from periderm.model.asset import Node
from periderm.model.envelope import Envelope
from periderm.model.errors import ConnectError
from tests.cli.processes import environment, eventually, get, running


def envelope(number: int) -> Envelope:
    """A message that tells of one node."""
    name = f"node-{number:05}"
    node = Node(id=name, name=name, hostname=name, machine_id=name, kernel="6", os_name="x", architecture="x")
    return Envelope(sender="agent:test", sequence=number, records=(node,))


def command(env: dict[str, str], *arguments: str) -> None:
    """Runs the product to its end, which must be a good one."""
    done = subprocess.run(
        [sys.executable, "-m", "periderm", *arguments], env=env, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_a_copy_of_a_busy_server_loses_nothing(tmp_path: Path) -> None:
    """Every message acknowledged before the copy began is there after it was put back, be it in the store or in the bus;
    what comes again is taken once."""
    env = environment(tmp_path / "state")
    acknowledged = [-1]
    over = threading.Event()

    def send() -> None:
        uplink = HttpUplink(f"http://127.0.0.1:{env['PERIDERM_PORT']}", str(tmp_path / "state" / "service-token"))
        for number in itertools.count():
            if over.is_set():
                uplink.close()  # each thread has a connection of its own
                return
            uplink.send([envelope(number)])
            acknowledged[0] = number

    copies: list[tuple[int, Path]] = []
    with running("server", env=env):
        eventually(lambda: get(env, "/readyz")["ready"])
        sending = threading.Thread(target=send)
        sending.start()
        try:
            for turn in range(2):
                eventually(lambda turn=turn: acknowledged[0] > 30 * (turn + 1))
                before, path = acknowledged[0], tmp_path / f"copy{turn}"
                command(env, "backup", str(path))
                copies.append((before, path))
        finally:
            over.set()
            sending.join()
    for turn, (before, path) in enumerate(copies):
        other = environment(tmp_path / f"restored{turn}")
        command(other, "restore", str(path))
        with running("server", env=other):
            eventually(lambda other=other: get(other, "/readyz")["ready"])
            eventually(lambda other=other, before=before: get(other, f"/api/v1/assets/node-{before:05}").get("asset"))
            total = get(other, "/api/v1/assets?kind=node")["total"]
            assert total > before
            again = HttpUplink(
                f"http://127.0.0.1:{other['PERIDERM_PORT']}", str(tmp_path / f"restored{turn}" / "service-token")
            )
            try:
                again.send([envelope(number) for number in range(total + 5)])
            except ConnectError as error:
                raise AssertionError(str(error)) from error
            finally:
                again.close()
            eventually(lambda other=other, total=total: get(other, "/api/v1/assets?kind=node")["total"] == total + 5)
