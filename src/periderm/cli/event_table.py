"""Rows of history as lines for people: when, where, who, what. Nothing that an event holds reaches the terminal unescaped."""

from __future__ import annotations

import datetime
import errno
import shutil
from collections.abc import Callable, Iterable, Sequence

from periderm.cli.output import Output, clean, fit, width
from periderm.model.asset import Container
from periderm.model.event import Event, EventFlag, EventKind
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
O_ACCMODE, O_CREAT = 0o3, 0o100
_LIVE = (23, 18, 15, 7, 11)  # columns of a line that follows, but the last
_MARKS = {
    EventFlag.KILLED: Text("killed", "已终止"),
    EventFlag.REFUSED: Text("refused", "已拒绝"),
    EventFlag.FOREIGN: Text("came in from outside", "来自外部"),
    EventFlag.UPPER: Text("not in the image", "不在镜像中"),
    EventFlag.MEMORY_BACKED: Text("only in memory", "仅在内存中"),
    EventFlag.FROM_PROC: Text("ran before", "此前已运行"),
    EventFlag.TRUNCATED: Text("cut", "已截断"),
}
AF_INET6 = 10


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
    parts = [_object(event)]
    if event.ret and event.has(EventFlag.FAILED):
        parts.append(f"= {errno.errorcode.get(-event.ret, event.ret)}")
    if event.count > 1:
        parts.append(f"x{event.count}")
    marks = [out.say(text) for flag, text in _MARKS.items() if event.has(flag)]
    if marks:
        parts.append(f"[{', '.join(marks)}]")
    return " ".join(part for part in parts if part)


def _object(event: Event) -> str:
    shown = _OBJECTS.get(event.kind, _plain)(event)
    return shown or _plain(event)


def _plain(event: Event) -> str:
    return event.text or event.raw or " ".join(event.argv) or (f"{event.arg0:#x}" if event.arg0 else "")


def _opened(event: Event) -> str:
    way = "create" if event.arg0 & O_CREAT else ("read", "write", "read-write", "")[event.arg0 & O_ACCMODE]
    return f"{event.text} ({way})" if way else event.text


def _address(event: Event) -> str:
    address = f"[{event.text}]" if event.family == AF_INET6 and ":" in event.text else event.text
    return f"{address}:{event.port}" if event.port else address


def _pair(event: Event) -> str:
    return f"{event.raw} -> {event.text}" if event.raw else event.text


_OBJECTS: dict[EventKind, Callable[[Event], str]] = {
    EventKind.EXEC: lambda event: " ".join(event.argv),
    EventKind.OPEN: _opened,
    EventKind.EXIT: lambda event: f"signal {event.arg0}" if event.arg0 else f"status {event.ret}",
    EventKind.CHMOD: lambda event: f"{event.text} {event.arg0 & 0o7777:04o}",
    EventKind.SIGNAL: lambda event: f"{event.arg0} to {event.text or event.arg1}",
    **dict.fromkeys((EventKind.CONNECT, EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN, EventKind.DUP), _address),
    **dict.fromkeys((EventKind.RENAME, EventKind.LINK, EventKind.SYMLINK, EventKind.MOUNT, EventKind.PIVOT_ROOT), _pair),
}
