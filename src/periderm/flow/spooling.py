"""What of a node's records is detail, which may be given up when the server is away for long: signs of life, files in use, rows
of events, and that things are as they were told before. All else matters: alerts, responses, gaps, what is new or has changed.
Keeps nothing on disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from periderm.model.asset import Container, Image, Node, Process, User, Workload
from periderm.model.envelope import Heartbeat, Record, SeenEvents
from periderm.model.usage import FilesInUse

MOST_KNOWN = 20_000


class Sorter:
    """Remembers how assets were told last. Any thread may call."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}
        self._lock = threading.Lock()

    def divide(self, records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
        """(what matters, detail), each in order."""
        matters: list[Record] = []
        detail: list[Record] = []
        with self._lock:
            for record in records:
                (detail if self._is_detail(record) else matters).append(record)
        return matters, detail

    def _is_detail(self, record: Record) -> bool:
        if isinstance(record, Heartbeat | FilesInUse | SeenEvents):
            return True
        if not isinstance(record, Node | Image | Container | Workload | Process | User):
            return False
        # Labels are a dict: a struct with one cannot be hashed, its text can.
        now = hash(repr(msgspec.structs.replace(record, first_seen=0, last_seen=0)))
        before = self._told.pop(record.id, None)
        self._told[record.id] = now
        while len(self._told) > MOST_KNOWN:
            self._told.pop(next(iter(self._told)))
        return before == now
