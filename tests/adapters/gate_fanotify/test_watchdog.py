"""The watchdog ends a handler that hangs and lives no longer than its agent."""

from __future__ import annotations

import mmap
import os
import socket
import time
from collections.abc import Callable

from periderm.adapters.gate_fanotify.gate import FanotifyGate
from periderm.adapters.gate_fanotify.handler import set_clock
from periderm.ports.guard import GuardPolicy
from tests import busy

Start = Callable[..., FanotifyGate]
POLICY = GuardPolicy(subject_id="c", pid=1, mount_namespace=1, open_inodes=((1, 2),))


def silent(stream: socket.socket, page: mmap.mmap) -> None:
    """Never goes round."""
    time.sleep(3600)


def dying(stream: socket.socket, page: mmap.mmap) -> None:
    """Ends at once."""


def lively(stream: socket.socket, page: mmap.mmap) -> None:
    """Goes round and does nothing."""
    while True:
        set_clock(page, busy=False)
        time.sleep(0.05)


def problems(gate: FanotifyGate) -> Callable[[], list[str]]:
    """All that was told so far."""
    kept: list[str] = []

    def told() -> list[str]:
        kept.extend(gate.news().problems)
        return kept

    return told


def test_a_silent_handler_is_ended_and_told(start_gate: Start) -> None:
    """Its group, which only it holds, goes with it."""
    gate = start_gate(run=silent)
    gate.program([POLICY])
    told = problems(gate)
    assert busy.until(lambda: any("did not answer in time" in text for text in told()))


def test_a_handler_that_ends_is_told(start_gate: Start) -> None:
    """Nothing is refused then, and that is no secret."""
    gate = start_gate(run=dying)
    gate.program([POLICY])
    told = problems(gate)
    assert busy.until(lambda: any("it ended" in text for text in told()))


def test_a_lively_handler_is_left_alone(start_gate: Start) -> None:
    """Nothing is told of it, and it ends with the agent's side."""
    gate = start_gate(run=lively, patience_ns=4 * 10**9)
    gate.program([POLICY])
    told = problems(gate)
    time.sleep(4.5)
    assert told() == []


def test_without_policies_there_is_no_handler(start_gate: Start) -> None:
    """Nobody is asked where nothing is guarded."""
    gate = start_gate(run=dying)
    gate.program([])
    told = problems(gate)
    time.sleep(0.3)
    assert told() == []
    assert gate.missing() == ""
    assert os.getpid() > 0
