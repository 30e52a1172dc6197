"""Findings of the machine become rows, once."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.flow.host_looks import HostLooks
from periderm.flow.observed import Observed
from periderm.model.event import EventFlag, EventKind, HostState
from periderm.model.text import Text
from periderm.ports.host_state import BusyProcess, HostFinding
from tests.flow.conftest import NODE
from tests.flow.test_control import Clock

ROOTKIT = HostFinding(state=HostState.HIDDEN_MODULE, name="x", details=("a",), number=3)
BUSY = BusyProcess(key=77, pid=5, percent=99, seconds=60, executable="/tmp/m (deleted)", mount_namespace=9)


class Machine:
    """A machine that shows what the test decides."""

    def __init__(self) -> None:
        self.findings: list[HostFinding] = [ROOTKIT]
        self.using: list[BusyProcess] = [BUSY]
        self.looks = 0

    def look(self) -> Sequence[HostFinding]:
        self.looks += 1
        return self.findings

    def busy(self) -> Sequence[BusyProcess]:
        return self.using

    def blind(self) -> Sequence[Text]:
        return (Text("no list", "无列表"),)


def test_a_finding_is_told_once_and_again_when_it_comes_back() -> None:
    """Once a minute is looked; use of the processor is told each time."""
    machine, clock, given = Machine(), Clock(), list[Observed]()
    looks = HostLooks(NODE, machine, given.append, clock)
    looks.step()
    looks.step()
    assert machine.looks == 1
    state, use = given[0].events
    assert (state.kind, state.raw, state.text, state.argv, state.arg0) == (
        EventKind.HOST_STATE,
        "hidden-module",
        "x",
        ("a",),
        3,
    )
    assert state.has(EventFlag.FROM_PROC)
    assert (use.kind, use.process, use.pid, use.exe, use.arg0, use.arg1, use.mntns) == (
        EventKind.CPU_USE,
        77,
        5,
        "/tmp/m",
        99,
        60,
        9,
    )
    machine.using = []
    clock.sleep(60)
    looks.step()
    assert len(given) == 1
    machine.findings = []
    clock.sleep(60)
    looks.step()
    machine.findings = [ROOTKIT]
    clock.sleep(60)
    looks.step()
    assert [event.text for event in given[1].events] == ["x"]


def test_what_cannot_be_seen_is_told_once() -> None:
    """As a coverage gap, by whoever asks first."""
    looks = HostLooks(NODE, Machine(), lambda _: None, Clock())
    assert [words.en for words in looks.blind()] == ["no list"]
    assert list(looks.blind()) == []
