"""`periderm guard`: only the agent starts it, and it ends with the agent."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.responder_linux.hand import Answer, Request, receive, send
from periderm.model.effect import KillContainer
from periderm.model.text import Text
from tests.cli.conftest import Periderm


@pytest.mark.parametrize("words", [["responses"], ["responses", "5"], ["exec", "x"], ["sleep", "1"], ["exec", "1", "2"]])
def test_what_is_not_understood(periderm: Periderm, state: Path, words: list[str]) -> None:
    """It says who starts it."""
    status, _, err = periderm("guard", *words)
    assert status == 2
    assert "agent starts" in err


def test_it_answers_and_ends_with_its_sockets(tmp_path: Path) -> None:
    """A container that does not run is killed already; when the agent's side closes, the process ends."""
    pairs = socket.socketpair(), socket.socketpair()
    theirs = [pair[1].fileno() for pair in pairs]
    command = [sys.executable, "-m", "periderm", "guard", "responses", *map(str, theirs), "--state", str(tmp_path)]
    with subprocess.Popen(command, pass_fds=theirs, env={**os.environ, "PERIDERM_CACHE": str(tmp_path)}) as process:
        for _, other in pairs:
            other.close()
        why = Text("test", "测试")
        effect = KillContainer(
            id="e",
            node_id="n",
            asset_id="a",
            reason=why,
            blast_radius=why,
            decided_by="user:test",
            decided_at=1,
            container_id="f" * 64,
            runtime="podman",
        )
        send(pairs[0][0], msgspec.msgpack.encode(Request(effect)))
        answer = msgspec.msgpack.decode(receive(pairs[0][0]), type=Answer)
        assert answer.text is not None
        for own, _ in pairs:
            own.close()
        assert process.wait(180) == 0


def test_the_gate_ends_with_its_socket() -> None:
    """Also while it guards nothing."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "periderm", "guard", "exec", str(theirs.fileno())]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()]) as process:
        theirs.close()
        ours.close()
        assert process.wait(180) == 0
