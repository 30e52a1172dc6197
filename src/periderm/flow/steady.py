"""Loops that last as long as their process. One that ends by a fault of ours is begun again, and it is said: a server whose
alerts are told to nobody, or an agent that sends nothing any more, must not look well. What the loops do is elsewhere."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from periderm.model.metric import Family, MetricKind, Sample

log = logging.getLogger(__name__)

FIRST_SECONDS, LONGEST_SECONDS = 1.0, 60.0  # before it begins again; twice as long each time
CALM_SECONDS = 300.0  # who ran for so long is well again

_lock = threading.Lock()
_faults: dict[str, int] = {}
_last: dict[str, float] = {}


class Steady(threading.Thread):
    """A thread that calls `loop(stop)` until that returns, again after each fault. `loop` returns soon after `stop` is set, and
    may be called again after it raised."""

    def __init__(self, loop: Callable[[threading.Event], object], stop: threading.Event, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._loop = loop
        self._ending = stop

    def run(self) -> None:
        """The thread's."""
        pause = FIRST_SECONDS
        while True:
            began = time.monotonic()
            try:
                self._loop(self._ending)
            except Exception:  # whatever it is: it is told with its place, and the loop begins again
                _note(self.name)
                again = "it ends" if self._ending.is_set() else f"it begins again in {pause:g} s"
                log.exception("a fault in %r: %s", self.name, again)
            else:
                return
            if time.monotonic() - began >= CALM_SECONDS:
                pause = FIRST_SECONDS
            if self._ending.wait(pause):
                return
            pause = min(2 * pause, LONGEST_SECONDS)


def unwell() -> str:
    """'' or which loops of this process had a fault in the last minutes."""
    now = time.monotonic()
    with _lock:
        return ", ".join(sorted(name for name, at in _last.items() if now - at < CALM_SECONDS))


def figures() -> Iterator[Family]:
    """For a scraper."""
    with _lock:
        samples = tuple(Sample(float(count), (("loop", name),)) for name, count in sorted(_faults.items()))
    meaning = "How often a loop of this process ended by a fault and was begun again, by its name."
    yield Family(name="periderm_loop_faults_total", kind=MetricKind.COUNTER, meaning=meaning, samples=samples)


def _note(name: str) -> None:
    with _lock:
        _faults[name] = _faults.get(name, 0) + 1
        _last[name] = time.monotonic()
