"""The process between agent and handler: it ends a handler that hangs, within a second, so that all calls pass again,
tells it, and starts another one later. It holds no fanotify group itself."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Callable

from periderm.adapters.gate_fanotify.handler import CLOCK_BYTES, Handler
from periderm.adapters.gate_fanotify.messages import Message, Problem, Program, Reader, Refused, frame, send

HANG_NS = 600_000_000
LOOK_SECONDS = 0.05
AGAIN_SECONDS = 5.0
MOST_UNSENT = 4 << 20
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

Run = Callable[[socket.socket, mmap.mmap], None]


def handle(stream: socket.socket, page: mmap.mmap) -> None:
    """What the handler's process does."""
    Handler(stream, page).run()


class _Child:
    def __init__(self, run: Run, agent: socket.socket) -> None:
        self.page = mmap.mmap(-1, max(CLOCK_BYTES, mmap.PAGESIZE))
        struct.pack_into("<QQ", self.page, 0, time.monotonic_ns(), 0)
        self.stream, theirs = socket.socketpair()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                agent.close()
                self.stream.close()
                ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                if os.getppid() == parent:
                    run(theirs, self.page)
                    status = 0
            finally:
                os._exit(status)
        theirs.close()
        self.reader = Reader(self.stream)

    def hangs(self, patience_ns: int) -> bool:
        """Whether it has not gone round, or worked at one answer, for too long."""
        beat, busy = struct.unpack_from("<QQ", self.page, 0)
        return bool(time.monotonic_ns() - (busy or beat) > patience_ns)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.stream.close()
        self.page.close()


class Watchdog:
    """`agent` is the stream to the agent; `run` is what the handler does (another one in tests). `patience_ns`: how long a
    call may wait for it."""

    def __init__(self, agent: socket.socket, run: Run = handle, patience_ns: int = HANG_NS) -> None:
        self._agent = agent
        self._reader = Reader(agent)
        self._run = run
        self._patience = patience_ns
        self._program: Program | None = None
        self._child: _Child | None = None
        self._rest_until = 0.0
        self._unsent = bytearray()
        self._dropped = 0

    def serve(self) -> None:
        """Until the agent closes its side."""
        try:
            while True:
                self._begin()
                waiting = select.poll()
                waiting.register(self._agent, select.POLLIN | (select.POLLOUT if self._unsent else 0))
                if self._child is not None:
                    waiting.register(self._child.stream, select.POLLIN)
                waiting.poll(LOOK_SECONDS * 1000)
                self._from_agent()
                self._from_handler()
                self._flush()
                if self._child is not None and self._child.hangs(self._patience):
                    self._fail("it did not answer in time")
        except EOFError:
            pass
        finally:
            if self._child is not None:
                self._child.end()

    def _begin(self) -> None:
        if (
            self._child is None
            and self._program is not None
            and self._program.policies
            and time.monotonic() >= self._rest_until
        ):
            self._child = _Child(self._run, self._agent)
            self._give(self._program)

    def _from_agent(self) -> None:
        for message in self._reader.take():
            if isinstance(message, Program):
                own = (*message.own, os.getpid())
                self._program = Program(message.policies, own)
                self._give(self._program)

    def _give(self, message: Message) -> None:
        if self._child is not None:
            try:
                send(self._child.stream, message, 0.3)
            except OSError:
                self._fail("it did not take its orders")

    def _from_handler(self) -> None:
        if self._child is None:
            return
        try:
            messages = self._child.reader.take()
        except EOFError:
            self._fail("it ended")
            return
        for message in messages:
            self._tell(message)

    def _fail(self, why: str) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None
        self._rest_until = time.monotonic() + AGAIN_SECONDS
        self._tell(Problem(f"fanotify refuses nothing for {AGAIN_SECONDS:.0f} s: the handler was ended, {why}."))

    def _tell(self, message: Message) -> None:
        """Kept until the agent takes it: a slow agent ends no guard, it only hears less."""
        if len(self._unsent) > MOST_UNSENT and isinstance(message, Refused):
            self._dropped += len(message.refusals)
            return
        if self._dropped and len(self._unsent) <= MOST_UNSENT:
            self._unsent += frame(Problem(f"{self._dropped} refusals were not told: the agent was slow."))
            self._dropped = 0
        self._unsent += frame(message)

    def _flush(self) -> None:
        while self._unsent:
            try:
                sent = self._agent.send(self._unsent[:65536], socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                raise EOFError from error
            del self._unsent[:sent]


def serve(descriptor: int) -> None:
    """The whole process."""
    with socket.socket(fileno=descriptor) as agent:
        Watchdog(agent).serve()
