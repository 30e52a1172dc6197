"""`ports.processes.Processes`: the product's children on this machine, each in a session of its own, none outliving us.

Restarting and waiting is the supervisor's; here a child is only started, asked, and ended.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from periderm.model.errors import ConnectError

_LOG_LIMIT = 8 * 1024 * 1024
_KEPT = 2
# Runs first in the child and then becomes it (a function between fork and exec would not be safe with threads):
# PR_SET_PDEATHSIG, 1 in <linux/prctl.h>, sends SIGKILL when the thread that started the child ends, however it ends.
# If that has happened already, getppid tells another. SIGKILL, because what is pinned then goes on recording for the
# next agent, and what was acknowledged survives it. A change of user id clears it: the child must ask again then.
_TIE = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); "
    "os.getppid() == int(sys.argv[1]) or os._exit(1); os.execvp(sys.argv[2], sys.argv[2:])"
)
# What a child may know of our environment: enough to find programs, a language and a home; no secrets by accident.
_PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_MESSAGES", "TZ", "TMPDIR", "NO_COLOR", "PYTHONPATH", "VIRTUAL_ENV")
_ALSO = ("XDG_CONFIG_HOME",)  # where the settings' file may lie


class LocalChild:
    """A child and all that it starts in its session."""

    def __init__(self, process: subprocess.Popen[bytes], log: str = "") -> None:
        self._process = process
        self._log = Path(log) if log else None

    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit status, None while it runs. A log that has grown too large meanwhile is put aside."""
        status = self._process.poll()
        if status is None and self._log is not None:
            _cut_log(self._log)
        return status

    def terminate(self) -> None:
        """SIGTERM to the child alone: it ends its own children in order."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """SIGKILL to its whole process group, which nobody else is in."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, timeout: float) -> int | None:
        """Its exit status, None after `timeout` seconds."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


class LocalProcesses:
    """Starts `python -m periderm ROLE …`; `command` is another program only in tests."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "periderm")) -> None:
        self._command = tuple(command)

    def start(self, role: str, arguments: Sequence[str], environment: Mapping[str, str], log: str) -> LocalChild:
        """Raises ConnectError if it cannot be started."""
        inherited = {name: os.environ[name] for name in (*_PASSED, *_ALSO) if name in os.environ}
        try:
            with _open_log(Path(log)) as output:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", _TIE, str(os.getpid()), *self._command, role, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env={**inherited, **environment, "PYTHONUNBUFFERED": "1"},
                    start_new_session=True,
                )
        except OSError as error:
            raise ConnectError(f"The {role} process cannot be started: {error}", f"Is {log} writable?") from error
        return LocalChild(process, log)


def _cut_log(path: Path) -> None:
    """The child keeps its file open and appends: it is copied and emptied. What it writes just between the two is lost."""
    with contextlib.suppress(OSError):
        if path.stat().st_size <= _LOG_LIMIT:
            return
        _make_way(path)
        aside = os.open(path.with_name(f"{path.name}.1"), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with open(path, "rb") as old, os.fdopen(aside, "wb") as new:
            shutil.copyfileobj(old, new)
        os.truncate(path, 0)


def _make_way(path: Path) -> None:
    for number in range(_KEPT, 1, -1):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(f"{path.name}.{number - 1}").replace(path.with_name(f"{path.name}.{number}"))


def _open_log(path: Path) -> BinaryIO:
    """Appends to the log; one that has grown too large is put aside first, and the oldest dropped. Readable by us only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > _LOG_LIMIT:
            _make_way(path)
            path.replace(path.with_name(f"{path.name}.1"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "ab")
