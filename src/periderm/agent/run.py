"""The life of the agent process: stops on SIGTERM and SIGINT, and tells how it ended. It watches nothing itself."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from periderm.app.watch import Agent, watch_node


def run(agent: Agent) -> int:
    """Runs until it is told to stop; returns the exit status. SIGHUP stops it too, but leaves the pinned programs in the
    kernel recording, so that the next agent goes on where this one stopped (an upgrade)."""
    stop = threading.Event()
    keep = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            keep.set()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask)
    watch_node(agent, stop, keep=keep.is_set)
    return 0
