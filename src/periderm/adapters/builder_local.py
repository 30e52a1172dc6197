"""`ports.builder.Builder` with programs of this machine: podman, buildah, docker. Judges nothing, and changes no argument."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from types import FrameType

from periderm.model.errors import ContainerRuntimeError
from periderm.ports.builder import Answer

MOST = 8 << 20  # bytes of an answer
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


class LocalBuilder:
    """Runs them as this user."""

    def run(self, words: Sequence[str], *, quiet_output: bool = False) -> int:
        """A Ctrl-C at a terminal reaches the builder by itself; what is sent to this process alone is passed on."""
        with _missing(words):
            child = subprocess.Popen(words, stdout=sys.stderr.fileno() if quiet_output else None)
        with _passing_on(child):
            status = child.wait()
        return status if status >= 0 else 128 - status

    def ask(self, words: Sequence[str], *, seconds: float = 60.0) -> Answer:
        """Its whole output is taken, up to `MOST` bytes."""
        with _missing(words), tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as error:
            try:
                done = subprocess.run(
                    words, stdin=subprocess.DEVNULL, stdout=output, stderr=error, timeout=seconds, check=False
                )
            except subprocess.TimeoutExpired:
                raise ContainerRuntimeError(
                    f"{words[0]} did not answer within {seconds:g} seconds.", "See whether it hangs: `podman info`."
                ) from None
            if output.tell() > MOST:
                raise ContainerRuntimeError(f"{words[0]} answered more than {MOST >> 20} MiB.", "See what it says.")
            output.seek(0)
            error.seek(0)
            status = done.returncode if done.returncode >= 0 else 128 - done.returncode
            return Answer(status, output.read(), error.read(1 << 16).decode("utf-8", "replace").strip())

    @contextlib.contextmanager
    def folder(self) -> Iterator[str]:
        """Below the folder for temporary files that the user chose ($TMPDIR)."""
        with tempfile.TemporaryDirectory(prefix="periderm-build-") as path:
            yield path

    def random(self) -> str:
        """From the kernel."""
        return os.urandom(8).hex()


@contextlib.contextmanager
def _missing(words: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise ContainerRuntimeError(f"{words[0]} is not installed.", f"Install {words[0]}, or name another builder.") from None
    except PermissionError:
        raise ContainerRuntimeError(f"{words[0]} may not be run.", "Check the rights to the program.") from None


@contextlib.contextmanager
def _passing_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """While the block runs, signals that ask for an end go to the child, and this process waits for what it does."""
    terminal = _in_foreground()

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # The terminal sends these to the whole group: sent twice, builders give up without cleaning.
        if not (terminal and number in (signal.SIGINT, signal.SIGQUIT)):
            child.send_signal(number)

    try:
        before = {number: signal.signal(number, pass_on) for number in _ENDING}
    except ValueError:  # not the main thread: somebody else holds the signals
        before = {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    """Whether a terminal counts this process to those that its keys are for."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
