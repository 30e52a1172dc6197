"""Which orders of people were carried out here, over restarts: a server that was put back from a copy lists them again until
this machine has told it again. Carries nothing out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any

from periderm.model.effect import EffectRecord, EffectState
from periderm.model.envelope import Record
from periderm.model.orders import MOST_TAKEN

log = logging.getLogger(__name__)


class DoneOrders:
    """`took` is told the seconds from an order's arrival until what became of it is durable, by `monotonic` nanoseconds.

    The ids of the last MOST_TAKEN. `load` and `save` keep them; a full disk is said and does not stop a response. An id is
    kept after what became of the order is durable: a crash in between means once more rather than never. Any thread may
    call."""

    def __init__(
        self,
        load: Callable[[], Sequence[str]],
        save: Callable[[Sequence[str]], None],
        *,
        monotonic: Callable[[], int] = lambda: 0,
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._save = save
        self._monotonic = monotonic
        self._took = took
        self._lock = threading.Lock()
        self._ids: dict[str, None] = dict.fromkeys(load()[-MOST_TAKEN:])
        self._expected: dict[str, int] = {}  # and when it came

    def ids(self) -> tuple[str, ...]:
        """The oldest first."""
        with self._lock:
            return tuple(self._ids)

    def expect(self, name: str) -> None:
        """A person ordered it, and it is handed on now. What policies do by themselves is ordered by nobody."""
        with self._lock:
            self._expected[name] = self._monotonic()
            _shorten(self._expected)

    def note(self, records: Sequence[Record]) -> None:
        """Of records that are durable now: which orders something has become of, good or bad."""
        ended = [r.effect.id for r in records if isinstance(r, EffectRecord) and r.state is not EffectState.ORDERED]
        if not ended:
            return
        with self._lock:
            fresh = [name for name in ended if name in self._expected]
            if not fresh:
                return
            for name in fresh:
                came = self._expected.pop(name, None)
                if came is not None:
                    self._took((self._monotonic() - came) / 1e9)
                self._ids[name] = None
            _shorten(self._ids)
            try:
                self._save(tuple(self._ids))
            except OSError as error:
                log.error("which orders were carried out could not be written: %s", error.strerror)


def _shorten(names: dict[str, Any]) -> None:
    while len(names) > MOST_TAKEN:
        names.pop(next(iter(names)))
