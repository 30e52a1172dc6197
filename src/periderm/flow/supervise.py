"""Keeps the product's child processes alive: starts them in order, restarts the ones that end, stops all in reverse."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from periderm.ports.clock import Clock
from periderm.ports.processes import Child, Processes

STOP_SECONDS = 15.0
LONGEST_PAUSE_NS = 30 * 10**9
STEADY_NS = 60 * 10**9


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """One child. `needed` ones make the whole fail when they cannot start even once."""

    name: str
    arguments: Sequence[str]
    log: str
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class _Kept:
    role: Role
    child: Child
    started: int
    restarts: int = 0
    not_before: int = 0
    down: bool = False
    last_status: int | None = None


class Supervisor:
    """One thread calls `check` every now and then (a second apart, say)."""

    def __init__(self, processes: Processes, clock: Clock, tell: Callable[[str], None]) -> None:
        self._processes = processes
        self._clock = clock
        self._tell = tell
        self._kept: dict[str, _Kept] = {}

    def start(self, role: Role) -> int:
        """Starts a child; returns its pid."""
        child = self._processes.start(role.name, role.arguments, role.environment, role.log)
        self._kept[role.name] = _Kept(role, child, self._clock.monotonic())
        return child.pid()

    def pid(self, name: str) -> int:
        """The pid of a role's child now, 0 if it is down."""
        kept = self._kept.get(name)
        return kept.child.pid() if kept and not kept.down else 0

    def status(self, name: str) -> int | None:
        """The last exit status of a role, None if it has never ended."""
        kept = self._kept.get(name)
        return kept.last_status if kept else None

    def restarts(self, name: str) -> int:
        """How often a role was restarted."""
        kept = self._kept.get(name)
        return kept.restarts if kept else 0

    def check(self) -> None:
        """Restarts what has ended: at once the first time, then after 1, 2, 4 … 30 s; a minute of life forgets that."""
        now = self._clock.monotonic()
        for kept in self._kept.values():
            if not kept.down:
                status = kept.child.poll()
                if status is None:
                    continue
                if now - kept.started > STEADY_NS:
                    kept.restarts = 0
                pause = 0 if kept.restarts == 0 else min(LONGEST_PAUSE_NS, 10**9 << min(kept.restarts - 1, 5))
                kept.not_before = now + pause
                kept.down = True
                kept.last_status = status
                how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
                self._tell(f"The {kept.role.name} process {how}; it is started again. Its log: {kept.role.log}")
            if kept.down and now >= kept.not_before:
                kept.child = self._processes.start(kept.role.name, kept.role.arguments, kept.role.environment, kept.role.log)
                kept.started = now
                kept.restarts += 1
                kept.down = False

    def forget(self, name: str) -> None:
        """No longer restart a role that has ended for good."""
        self._kept.pop(name, None)

    def stop(self) -> list[str]:
        """Ends all, the last started first; returns the names of those that had to be killed."""
        killed: list[str] = []
        for kept in reversed(list(self._kept.values())):
            if kept.down or kept.child.poll() is not None:
                continue
            kept.child.terminate()
            if kept.child.wait(STOP_SECONDS) is None:
                kept.child.kill()
                kept.child.wait(5.0)
                killed.append(kept.role.name)
        self._kept.clear()
        return killed
