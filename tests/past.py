"""Events for tests of history: batches written by hand or drawn, and what a question should answer about them."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.adapters.history_parquet.limits import MIB, Limits
from periderm.model.asset import Container
from periderm.model.event import Event, EventBatch, EventFlag, EventKind
from periderm.model.event_query import EventQuery
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.flow.rows import batch

OTHER = msgspec.structs.replace(CONTAINER, id="ctr-2", name="shop-db", container_id="d" * 64)
SUBJECTS = (NODE, CONTAINER, OTHER)
HOUR = 3600
ROOMY = Limits(days=100_000, quota=1024 * MIB, free=0)
KINDS = (EventKind.EXEC, EventKind.OPEN, EventKind.CONNECT, EventKind.BPF, EventKind.CPU_USE)
# Paths with any bytes as the sensor writes them, quotes, NUL between arguments, other scripts, nothing at all.
HOSTILE = ("", "/etc/shadow", "a'; DROP TABLE x; --", "\\xff\\xfe", "sh\0-c\0Id X", "%_*?[", "\u202e\x1b]0;x\x07", "é中文🦀")


def history(folder: Path, limits: Limits = ROOMY) -> ParquetHistory:
    """One with room for everything; whatever is found wrong fails the test."""

    def tell(note: str) -> None:
        raise AssertionError(note)

    return ParquetHistory(folder / "history", limits, tell)


def some(count: int, at: float = 0.0, **more: Any) -> EventBatch:
    """Rows a hundredth of a second apart."""
    return batch(*({"at": at + i / 100, "kind": 4, "text": f"/etc/{i % 7}", "pid": i, **more} for i in range(count)))


def events(batches: Iterable[EventBatch]) -> list[Event]:
    """All rows in the order of time, and of writing where the times are the same."""
    return sorted((each.event(i) for each in batches for i in range(len(each))), key=lambda event: event.time)


def passes(query: EventQuery, event: Event) -> bool:
    """The question in other words than the plug's."""
    words = query.text.lower()
    places = (event.exe.lower(), event.text.lower(), event.raw.lower(), " ".join(event.argv).lower())
    container = event.subject.name if isinstance(event.subject, Container) else None
    return (
        event.time >= query.since
        and (not query.until or event.time < query.until)
        and (not query.kinds or event.kind in query.kinds)
        and (not query.subjects or event.subject.id in query.subjects)
        and (not query.container or (container is not None and fnmatch.fnmatchcase(container, query.container)))
        and (not query.process or event.process == query.process)
        and (not words or any(words in place for place in places))
    )


def expected(query: EventQuery, batches: Sequence[EventBatch]) -> list[Event]:
    """What a question should answer."""
    found = [event for event in events(batches) if passes(query, event)]
    if query.newest:
        found.reverse()
    return found[: query.limit] if query.limit else found


@st.composite
def row(draw: st.DrawFn) -> dict[str, Any]:
    """A row with anything in it."""
    text = st.sampled_from(HOSTILE) | st.text(max_size=12)
    return {
        "at": draw(st.integers(0, 3 * HOUR)),
        "kind": draw(st.sampled_from(KINDS)),
        "subject": draw(st.integers(0, 2)),
        "process": draw(st.sampled_from((1, 2**63 + 5, 2**64 - 1))),
        "arg0": draw(st.sampled_from((0, -1, 2**63 - 1, -(2**63)))),
        "flags": draw(st.sampled_from((0, EventFlag.UPPER | EventFlag.FAILED, 2**17 - 1))),
        "ret": draw(st.sampled_from((0, -13))),
        "origin": draw(st.integers(0, 4)),
        "text": draw(text),
        "raw": draw(text),
        "exe": draw(text),
        "comm": draw(text),
        "args": draw(text),
    }


def batches(most: int = 4, rows: int = 8) -> st.SearchStrategy[list[EventBatch]]:
    """Several batches."""
    one = st.lists(row(), min_size=1, max_size=rows).map(lambda drawn: batch(*drawn, subjects=SUBJECTS))
    return st.lists(one, min_size=1, max_size=most)


@st.composite
def queries(draw: st.DrawFn) -> EventQuery:
    """A question that may ask for anything."""
    times = st.just(0) | st.integers(0, 3 * HOUR).map(lambda seconds: T0 + seconds * 10**9)
    return EventQuery(
        since=draw(times),
        until=draw(times),
        kinds=tuple(draw(st.sets(st.sampled_from(KINDS), max_size=2))),
        subjects=tuple(draw(st.sets(st.sampled_from([s.id for s in SUBJECTS]), max_size=2))),
        container=draw(st.sampled_from(("", "", "web", "shop*", "*b", "[", "nobody"))),
        process=draw(st.sampled_from((0, 0, 1, 2**64 - 1))),
        text=draw(st.sampled_from(("", "", "ETC", "id x", "';", "\\xff", "中", "%"))),
        limit=draw(st.sampled_from((0, 1, 5, 1000))),
        newest=draw(st.booleans()),
    )
