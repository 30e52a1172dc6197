"""Runs work in a forked child behind walls, and brings its answer back. Judges nothing."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import NoReturn, TypeVar

import msgspec

from periderm.adapters.sandbox_linux import frames, walls
from periderm.adapters.sandbox_linux.mate import Pair
from periderm.model.errors import PeridermError, SandboxError
from periderm.model.text import Text
from periderm.ports.sandbox import Help, Tell, Work

_NO_FILES = Text(
    "This kernel has no Landlock: the scan's process could read and write whatever its user may.",
    "此内核没有 Landlock：扫描进程可以读写其用户有权访问的一切。",
)
_NO_CALLS = Text(
    "This kernel or machine has no seccomp filter: the scan's process could use the network and start programs.",
    "此内核或机器没有 seccomp 过滤器：扫描进程可以使用网络并启动程序。",
)
_SIGNALS = {
    signal.SIGKILL: "It was killed, perhaps because the machine ran out of memory.",
    signal.SIGSEGV: "A library crashed on what the image holds.",
    signal.SIGBUS: "A file was made shorter while it was read.",
    signal.SIGABRT: "A library gave up on what the image holds.",
}
_Said = TypeVar("_Said", frames.Progress, frames.Failure)
_REPORT = "Nothing of it was believed. Scan again; if it happens again, report the image."


class LinuxSandbox:
    """`ports.sandbox.Sandbox`. May be used from any thread. Children that only sleep for `stall` seconds are ended."""

    def __init__(self, stall: float = 30.0) -> None:
        self._stall = stall

    def lacks(self) -> tuple[Text, ...]:
        """What the kernel lacks."""
        files = () if walls.landlock_version() else (_NO_FILES,)
        calls = () if walls.seccomp_known() else (_NO_CALLS,)
        return (*files, *calls)

    def run(
        self,
        work: Work,
        tell: Tell,
        *,
        helper: Help | None = None,
        meanwhile: Callable[[], object] | None = None,
        still: Callable[[], None] | None = None,
        readable: Sequence[str],
        writable: Sequence[str],
        memory: int,
        file: int,
        answer: int,
        seconds: float,
    ) -> bytes:
        """See the port."""
        allowed = _Walls((*readable, *walls.own_folders()), tuple(writable), memory, file)
        ours, theirs = os.pipe2(os.O_CLOEXEC)
        pair = Pair(answer) if helper is not None else None
        pids = [_fork()]
        if pids[0] == 0:
            _child(lambda: _answer(work, theirs, allowed, pair), theirs)
        if helper is not None and pair is not None:
            pids.append(_fork())
            if pids[1] == 0:
                _child(lambda: _help(helper, allowed, pair), theirs)
            pair.close()
        os.close(theirs)
        try:
            if meanwhile is not None:
                meanwhile()
            stalled = _Stall(tuple(pids), self._stall)

            def check() -> None:
                if still is not None:
                    still()
                stalled()

            return _heard(frames.read(ours, answer, seconds, check), tell)
        except _NoAnswer:
            status = os.waitpid(pids.pop(0), 0)[1]
            raise _no_answer(status) from None
        finally:
            os.close(ours)
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


class _NoAnswer(Exception):
    """The child closed its end and had said nothing."""


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads: the child takes no lock that another thread could hold, and ends
        # without Python's exit.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


class _Stall:
    """Ends a wait for children that only sleep: a thread that could not begin for want of memory is waited for by Python
    without end. Reading a slow disk is no sleep (state D of proc(5)), and whoever computes uses the processor."""

    def __init__(self, pids: Sequence[int], seconds: float) -> None:
        self._pids = pids
        self._seconds = seconds
        self._used = ""
        self._since = time.monotonic()

    def __call__(self) -> None:
        """Looks once. Raises SandboxError."""
        used, awake = "", False
        for pid in self._pids:
            with contextlib.suppress(OSError, IndexError):
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{thread}/stat", encoding="utf-8", errors="replace") as file:
                        fields = file.read().rpartition(")")[2].split()
                    used += f"{thread}:{fields[11]}+{fields[12]} "
                    awake = awake or fields[0] not in "SZ"
        now = time.monotonic()
        if awake or used != self._used:
            self._used, self._since = used, now
        elif now - self._since > self._seconds:
            raise SandboxError(f"The scan's process has done nothing for {self._seconds:.0f} seconds and was ended.", _REPORT)


def _heard(said: Iterator[tuple[bytes, bytes]], tell: Tell) -> bytes:
    """The child's answer, or its error raised."""
    for kind, data in said:
        if kind == frames.PROGRESS:
            progress = _decoded(data, frames.Progress)
            tell(progress.text, progress.done)
        elif kind == frames.ANSWER:
            return data
        else:
            raise frames.error_of(_decoded(data, frames.Failure))
    raise _NoAnswer


def _decoded(data: bytes, kind: type[_Said]) -> _Said:
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SandboxError(f"The scan's process said what it must not say ({error}).", _REPORT) from None


def _no_answer(status: int) -> SandboxError:
    """Why a child ended without an answer, as waitpid(2) tells it."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        why = _SIGNALS.get(signal.Signals(number), "") if number in signal.Signals.__members__.values() else ""
        return SandboxError(f"The scan's process ended by signal {number}. {why}".strip(), _REPORT)
    return SandboxError(f"The scan's process ended with status {os.WEXITSTATUS(status)} and no answer.", _REPORT)


class _Walls(msgspec.Struct, frozen=True):
    """What a child may read, write and hold."""

    readable: tuple[str, ...]
    writable: tuple[str, ...]
    memory: int
    file: int


def _child(work: Callable[[], int], pipe: int) -> NoReturn:
    """All that a child does. Never returns, and never runs what the parent has registered for its exit."""
    status = 70
    try:
        status = work()
    finally:
        try:
            error = sys.exc_info()[1]
            if error is not None:
                _last_words(error, pipe)
        finally:
            os._exit(status)


def _last_words(error: BaseException, pipe: int) -> None:
    """A defect of ours: the process ends with it, and its parent is told where, for there is no log that it could write."""
    import traceback

    where = traceback.extract_tb(error.__traceback__)[-1]
    what = f"The scan's process failed ({type(error).__name__} in {os.path.basename(where.filename)}:{where.lineno})."
    frames.write(pipe, frames.ERROR, msgspec.msgpack.encode(frames.failure_of(SandboxError(what, _REPORT))))


def _enclose(allowed: _Walls, keep: Sequence[int]) -> None:
    """Goes behind the walls."""
    _close_all_but(keep)
    walls.limit(allowed.memory, allowed.file)
    walls.give_up_privileges()
    walls.restrict_files(allowed.readable, allowed.writable)
    walls.restrict_calls()
    # Nothing here lives long: looking for cycles again and again would cost a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    walls.keep_memory()


def _answer(work: Work, pipe: int, allowed: _Walls, pair: Pair | None) -> int:
    """Behind walls, the work; then its answer or its error. 0 if the parent was told."""
    spare = bytearray(1 << 20)  # let go of when memory ends, so that this can still be said
    lock = threading.Lock()

    def tell(text: str, done: float | None) -> None:
        said = frames.Progress(text.encode("utf-8", "backslashreplace").decode()[:1024], done)
        with lock:
            frames.write(pipe, frames.PROGRESS, msgspec.msgpack.encode(said))

    try:
        if pair is not None:
            pair.as_main()
        _enclose(allowed, (pipe, *(pair.descriptors if pair is not None else ())))
        frames.write(pipe, frames.ANSWER, work(tell, pair))
    except PeridermError as error:
        failure = frames.failure_of(error)
    except MemoryError:
        del spare
        failure = frames.failure_of(_too_much(allowed.memory))
    except OSError as error:
        failure = frames.failure_of(SandboxError(f"The scan's process failed: {error}.", _REPORT))
    else:
        return 0
    frames.write(pipe, frames.ERROR, msgspec.msgpack.encode(failure))
    return 0


def _help(helper: Help, allowed: _Walls, pair: Pair) -> int:
    """Behind the same walls, what the other does not do. Whatever goes wrong, the other meets it too and tells it."""
    pair.as_helper()
    _enclose(allowed, pair.descriptors)
    with contextlib.suppress(PeridermError, OSError, MemoryError):
        helper(pair)
    return 0


def _too_much(memory: int) -> SandboxError:
    return SandboxError(
        f"The scan needed more than {memory >> 20} MiB of memory and was ended.",
        "The image is larger or stranger than the limits allow; docs/explanation/how-a-scan-works.md lists them.",
    )


def _close_all_but(keep: Sequence[int]) -> None:
    """No other descriptor of the parent stays open; standard streams lead nowhere; signals are as at the beginning."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    first = 3
    for descriptor in sorted(keep):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, 1 << 20)
