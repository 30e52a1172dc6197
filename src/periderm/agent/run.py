"""The life of the agent process: stops on SIGTERM and SIGINT, and tells how it ended. It watches nothing itself."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType

from periderm.app.watch import Agent, watch_node


def run(make: Callable[[], Agent]) -> int:
    """Makes the agent and runs it until it is told to stop; returns the exit status. SIGHUP stops it too, but leaves the
    pinned programs in the kernel recording, so that the next agent goes on where this one stopped (an upgrade). Making takes
    seconds: who is told to stop meanwhile ends with SystemExit, and whatever `make` took must then be given back."""
    stop = threading.Event()
    keep = threading.Event()
    made = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            keep.set()
        elif not made.is_set():
            raise SystemExit(0)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask)
    agent = make()
    made.set()
    watch_node(agent, stop, keep=keep.is_set)
    return 0
