"""Reaching into other processes."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.injection import DETECTOR, REQUESTS
from periderm.engines.runtime.scene import HOST, opens, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize("request_number", REQUESTS)
def test_every_request_that_takes_or_changes(request_number: int) -> None:
    """Each way of ptrace is told, and named."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=request_number, arg1=7)))
    assert said[0].evidence == {"request": REQUESTS[request_number], "target_pid": "7"}


@pytest.mark.parametrize("request_number", [0, 1, 2, 3, 7, 9, 12, 17, 24, 0x4200, 0x4204])
def test_requests_that_only_look(request_number: int) -> None:
    """TRACEME, PEEK, CONT, GETREGS and the like are not meant."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), row(EventKind.PTRACE, 2, arg0=request_number))) == []


@pytest.mark.parametrize("raw", ["/proc/7/mem", "/proc/7/task/8/mem", "mem"])
def test_memory_opened_to_write(raw: str) -> None:
    """Through a thread or a relative name too."""
    text = raw if raw.startswith("/") else "/proc/7/mem"
    said = run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), opens(2, text, raw=raw, arg0=2)))
    assert said[0].techniques[0] == "T1055.009"


def test_debuggers() -> None:
    """Expected on a host, told softly in a container, not believed below a server's shell."""
    attach = {"arg0": 16, "arg1": 7}
    host = (runs(20, 1, "/usr/bin/gdb", "gdb", on=HOST), row(EventKind.PTRACE, 20, on=HOST, **attach))
    container = (runs(2, 1, "/usr/bin/gdb", "gdb"), row(EventKind.PTRACE, 2, **attach))
    intruder = (runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(3, 1, "/usr/bin/dash", "sh"), runs(2, 3, "/usr/bin/gdb", "gdb"))
    assert run_example(DETECTOR, scene(*host)) == []
    assert [a.severity for a in run_example(DETECTOR, scene(*container))] == [Severity.LOW]
    assert [a.severity for a in run_example(DETECTOR, scene(*intruder, container[1]))] == [Severity.HIGH]
