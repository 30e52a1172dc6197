"""The agent process ends on signals, and says how to the sensor."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import pytest

from periderm.agent import run as agent_run


@pytest.mark.parametrize(("number", "keep"), [(signal.SIGTERM, False), (signal.SIGINT, False), (signal.SIGHUP, True)])
def test_signals_end_it(monkeypatch: pytest.MonkeyPatch, number: int, keep: bool) -> None:
    """SIGTERM and SIGINT take everything out of the kernel; SIGHUP leaves it recording for the next agent."""
    seen: list[bool] = []

    def watch(_: Any, stop: threading.Event, *, keep: Any) -> None:
        os.kill(os.getpid(), number)
        assert stop.wait(180)
        seen.append(keep())

    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    monkeypatch.setattr(agent_run, "watch_node", watch)
    try:
        assert agent_run.run(lambda: None) == 0  # type: ignore[arg-type,return-value] # the replaced function does not look at it
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)
        time.sleep(0)
    assert seen == [keep]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_who_is_told_to_stop_while_it_starts_does_not_start(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It ends as a program ends, so that what was begun is taken back; nothing is watched any more."""
    watched: list[Any] = []

    def make() -> Any:
        os.kill(os.getpid(), number)
        time.sleep(10)

    before = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    monkeypatch.setattr(agent_run, "watch_node", lambda *given, keep: watched.append((*given, keep)))
    try:
        with pytest.raises(SystemExit) as ended:
            agent_run.run(make)
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)
    assert ended.value.code == 0
    assert watched == []
