"""`ports.guard.Guard` in the agent: says what is to be guarded and hears what was refused. Others do the work."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Sequence

from periderm.adapters.gate_fanotify.messages import Message, Problem, Program, Reader, Refused, send
from periderm.ports.guard import GuardNews, GuardPolicy, Refusal

GONE = "fanotify refuses nothing: its process has ended. Restart the agent."


class FanotifyGate:
    """`stream` leads to the watchdog; `own` are pids of ours that are never held up."""

    def __init__(
        self, stream: socket.socket, own: Sequence[int] = (), missing: str = "", end: Callable[[], None] = lambda: None
    ) -> None:
        self._end = end
        self._stream = stream
        self._reader = Reader(stream)
        self._own = (os.getpid(), *own)
        self._missing = missing
        self._policies: tuple[GuardPolicy, ...] = ()
        self._gone = False

    def name(self) -> str:
        """'fanotify'."""
        return "fanotify"

    def missing(self) -> str:
        """'' or why not."""
        return self._missing

    def program(self, policies: Sequence[GuardPolicy]) -> None:
        """Only what changed is sent."""
        wanted = tuple(p for p in policies if p.drift or p.memory or p.exec_inodes or p.open_inodes)
        if wanted != self._policies:
            self._policies = wanted
            self._send(Program(wanted, self._own))

    def heartbeat(self) -> None:
        """Not needed: the watchdog lives as long as the stream."""

    def news(self) -> GuardNews:
        """What has come meanwhile."""
        refusals: list[Refusal] = []
        problems: list[str] = []
        if not self._gone:
            try:
                for message in self._reader.take():
                    if isinstance(message, Refused):
                        refusals += message.refusals
                    elif isinstance(message, Problem):
                        problems.append(message.text)
            except EOFError:
                self._gone = True
                problems.append(GONE)
        return GuardNews(refusals=tuple(refusals), problems=tuple(problems))

    def close(self) -> None:
        """The watchdog ends with the stream, the handler with the watchdog."""
        self._stream.close()
        self._end()

    def _send(self, message: Message) -> None:
        with contextlib.suppress(OSError):  # `news` tells that it is gone
            send(self._stream, message, 2.0)
