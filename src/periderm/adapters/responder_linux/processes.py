"""Processes of this machine as targets: who they are, who descends from whom, and killing them by pidfd. Spares whom it is
told to spare, and judges nobody itself."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from periderm.model.effect import Target
from periderm.model.errors import ResponderError
from periderm.ports.proc import Proc

# A reused pid belongs to a process that started after the one we saw. The kernel tells start times to 10 ms, and the
# clock may have been slewed in between; a pid comes round again only after all others (32,768 at the least).
SLACK_NS = 1_000_000_000
PF_KTHREAD = 0x00200000  # linux/sched.h
MOST_ROUNDS = 1000
MOST_KILLED = 100_000
DEATH_SECONDS = 5.0


class Row(NamedTuple):
    """What /proc/PID/stat (proc_pid_stat(5)) tells of kinship: `start` in clock ticks since boot."""

    parent: int
    session: int
    flags: int
    start: int


def parse_stat(data: bytes) -> Row | None:
    """The name in parentheses may hold anything, so fields are counted from its end."""
    fields = data.rpartition(b")")[2].split()
    try:
        return Row(int(fields[1]), int(fields[3]), int(fields[6]), int(fields[19]))
    except (IndexError, ValueError):
        return None


def kin(table: Mapping[int, Row], roots: set[int], spared: set[int], *, sessions: bool) -> set[int]:
    """All that descend from `roots` (and the roots that are there), without those `spared` and what only they lead to.
    With `sessions` also processes of a session that one of them leads: a daemon's grandchild has another parent."""
    children: dict[int, list[int]] = {}
    for pid, row in table.items():
        children.setdefault(row.parent, []).append(pid)
        if sessions and row.session != pid:
            children.setdefault(-row.session, []).append(pid)
    found: set[int] = set()
    waiting = [pid for pid in roots if pid not in spared]
    while waiting:
        pid = waiting.pop()
        if pid in found or pid in spared or pid <= 0:
            continue
        found.add(pid)
        waiting += children.get(pid, [])
        if sessions:
            waiting += children.get(-pid, [])
    return found


class Processes:
    """`spare` tells who is never hit."""

    def __init__(self, proc: Proc, spare: Callable[[Target], bool], root: Path = Path("/proc")) -> None:
        self._proc = proc
        self._spare = spare
        self._root = root

    def target(self, pid: int) -> Target | None:
        """What is known of a process now; None if there is none."""
        row = self._row(pid)
        facts = self._proc.facts(pid) if row is not None else None
        if row is None or facts is None:
            return None
        folder = self._root / str(pid)
        executable, argv = "", b""
        with contextlib.suppress(OSError):
            executable = os.readlink(folder / "exe")
        with contextlib.suppress(OSError), (folder / "cmdline").open("rb") as file:
            argv = file.read(4096)
        words = argv.decode("utf-8", "replace").split("\0")
        return Target(
            pid=pid,
            started=facts.started,
            parent=row.parent,
            executable=executable,
            argv=tuple(words[:16]),
            kernel_thread=bool(row.flags & PF_KTHREAD),
            on_host=facts.mount_namespace in (0, self._proc.host_namespace()),
            first=self._first(pid),
        )

    @contextlib.contextmanager
    def held(self, pid: int, started: int) -> Iterator[int | None]:
        """A pidfd of the process that was seen; None if it has ended. Raises ResponderError if the pid is another's now."""
        if pid <= 1 or pid == os.getpid():
            raise ResponderError(f"Process {pid} is never killed by the product.", "Act on it yourself if you must.")
        if started <= 0:
            raise ResponderError(f"The start time of process {pid} is not known, so it cannot be told from a later one.")
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            yield None
            return
        except OSError as error:
            raise ResponderError(f"Process {pid} cannot be held: {error.strerror}.") from error
        try:
            facts = self._proc.facts(pid)
            if facts is None:
                yield None
                return
            if facts.started > started + SLACK_NS:
                raise ResponderError(
                    f"Process {pid} is not the one that was seen: it started later.", "The one that was seen has ended."
                )
            yield descriptor
        finally:
            os.close(descriptor)

    def kill(self, pid: int, started: int) -> None:
        """SIGKILL through a pidfd: the process that was compared is the one that is hit. Gone already is done."""
        with self.held(pid, started) as descriptor:
            if descriptor is None:
                return
            try:
                signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            except ProcessLookupError:
                return
            except PermissionError as error:
                raise ResponderError(f"Process {pid} may not be killed by this user.", "Run the agent as root.") from error

    def kill_tree(self, pid: int, started: int, *, sessions: bool) -> tuple[int, int]:
        """Kills the process and all that descend from it; the number killed and the number spared.

        Each is stopped as it is found (what is stopped does not fork), and the machine is looked at again until nobody new
        is found; then all are killed. Only a process whose link to the tree was cut before it was looked at (its parent
        ended, and it leads a session of its own) is out of reach: freezing the container first leaves no time for that.
        """
        held: dict[int, int] = {}
        spared: set[int] = set()
        killed = False
        try:
            with self.held(pid, started) as root:
                if root is None:
                    return 0, 0
                self._stop(pid, held, spared)
                for _ in range(MOST_ROUNDS):
                    table = self._table()
                    fresh = kin(table, {pid, *held}, spared, sessions=sessions) - held.keys()
                    fresh = {each for each in fresh if each in table}
                    if not fresh or len(held) > MOST_KILLED:
                        break
                    for each in fresh:
                        self._stop(each, held, spared)
            for descriptor in held.values():
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
            killed = True
        finally:
            for descriptor in held.values() if not killed else ():  # nobody stays stopped because we failed
                with contextlib.suppress(OSError):
                    signal.pidfd_send_signal(descriptor, signal.SIGCONT)
            for descriptor in held.values():
                os.close(descriptor)
        return len(held), len(spared)

    def _stop(self, pid: int, held: dict[int, int], spared: set[int]) -> None:
        if pid <= 1 or pid == os.getpid():
            spared.add(pid)
            return
        before = self._row(pid)
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            return
        target = self.target(pid)
        now = self._row(pid)
        if target is None or before is None or now is None or now.start != before.start or self._spare(target):
            os.close(descriptor)
            if target is not None:
                spared.add(pid)
            return
        try:
            signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
        except ProcessLookupError:
            os.close(descriptor)
            return
        except PermissionError as error:
            os.close(descriptor)
            raise ResponderError(f"Process {pid} may not be stopped by this user.", "Run the agent as root.") from error
        held[pid] = descriptor

    def wait_gone(self, pids: Mapping[int, int] | tuple[int, ...]) -> bool:
        """Whether all of these ended within a few seconds."""
        deadline = time.monotonic() + DEATH_SECONDS
        for pid in pids:
            try:
                descriptor = os.pidfd_open(pid)
            except OSError:
                continue
            try:
                waiting = select.poll()
                waiting.register(descriptor, select.POLLIN)
                if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
                    return False
            finally:
                os.close(descriptor)
        return True

    def _table(self) -> dict[int, Row]:
        found = {}
        for name in os.listdir(self._root):
            if name.isascii() and name.isdecimal() and (row := self._row(int(name))) is not None:
                found[int(name)] = row
        return found

    def _row(self, pid: int) -> Row | None:
        try:
            with (self._root / str(pid) / "stat").open("rb") as file:
                return parse_stat(file.read(4096))
        except OSError:
            return None

    def _first(self, pid: int) -> bool:
        try:
            with (self._root / str(pid) / "status").open("rb") as file:
                lines = file.read(8192).splitlines()
        except OSError:
            return False
        line = next((line for line in lines if line.startswith(b"NSpid:")), b"")
        return line.split()[-1:] == [b"1"]
