"""Rows of history as lines for people: when, where, who, what. Nothing that an event holds reaches the terminal unescaped."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterable, Sequence

from periderm.app.event_words import acted_on, marks, outcome
from periderm.cli.output import Output, clean, fit, width
from periderm.model.asset import Container
from periderm.model.event import Event
from periderm.model.event_facts import WORDS
from periderm.model.event_query import Found
from periderm.model.text import Text

HEAD = (
    Text("TIME", "时间"),
    Text("WHERE", "位置"),
    Text("PROGRAM", "程序"),
    Text("PID", "进程号"),
    Text("KIND", "类型"),
    Text("WHAT", "内容"),
)
HOST = Text("the host", "主机")
_LIVE = (23, 18, 15, 7, 11)  # columns of a line that follows, but the last


def table(found: Sequence[Found], out: Output) -> None:
    """All rows as one table that fits the window."""
    out.table([out.say(text) for text in HEAD], [cells(each.event, out) for each in found], right=(3,))


class Live:
    """Rows one after the other: columns of a fixed width, the last takes what is left."""

    def __init__(self, out: Output) -> None:
        self._out = out
        self._began = False

    def show(self, found: Iterable[Found]) -> None:
        """Prints the rows, before the first the head."""
        if not self._began:
            self._began = True
            self._line([self._out.say(text) for text in HEAD])
        for each in found:
            self._line(cells(each.event, self._out))

    def _line(self, row: Sequence[str]) -> None:
        window = shutil.get_terminal_size((120, 24)).columns if self._out.out.isatty() else 10_000
        parts = []
        for cell, room in zip(row, _LIVE, strict=False):
            text = fit(clean(cell), room)
            parts.append(text + " " * (room - width(text)))
        left = "  ".join(parts)
        self._out.line(f"{left}  {fit(clean(row[-1]), max(20, window - width(left) - 2))}".rstrip())


def cells(event: Event, out: Output) -> tuple[str, ...]:
    """One row, not yet cut."""
    where = event.subject.name or event.subject.id if isinstance(event.subject, Container) else out.say(HOST)
    program = event.exe.rpartition("/")[2] or event.comm
    return (moment_of(event.time), where, program, str(event.pid), WORDS.get(event.kind, "?"), what(event, out))


def moment_of(time: int) -> str:
    """Local time to the millisecond; '-' for one that no calendar has."""
    try:
        at = datetime.datetime.fromtimestamp(time / 1e9, datetime.UTC).astimezone()
    except (OverflowError, ValueError, OSError):
        return "-"
    return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{time // 1_000_000 % 1000:03d}"


def what(event: Event, out: Output) -> str:
    """What it acts on, what came of it, and what is special about it."""
    parts = [acted_on(event)]
    if failure := outcome(event):
        parts.append(f"= {failure}")
    if event.count > 1:
        parts.append(f"x{event.count}")
    if special := marks(event):
        parts.append(f"[{', '.join(out.say(text) for text in special)}]")
    return " ".join(part for part in parts if part)
