"""What a runtime event acted on, in few words, and what is special about it: for every door that lists events.

Foreign text is handed on as it is: whoever shows it makes it harmless.
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.text import Text

O_ACCMODE, O_CREAT = 0o3, 0o100
AF_INET6 = 10
_MARKS = {
    EventFlag.KILLED: Text("killed", "已终止"),
    EventFlag.REFUSED: Text("refused", "已拒绝"),
    EventFlag.FOREIGN: Text("came in from outside", "来自外部"),
    EventFlag.UPPER: Text("not in the image", "不在镜像中"),
    EventFlag.MEMORY_BACKED: Text("only in memory", "仅在内存中"),
    EventFlag.FROM_PROC: Text("ran before", "此前已运行"),
    EventFlag.TRUNCATED: Text("cut", "已截断"),
}


def marks(event: Event) -> tuple[Text, ...]:
    """What is special about it."""
    return tuple(text for flag, text in _MARKS.items() if event.has(flag))


def outcome(event: Event) -> str:
    """The name of the error if the call failed, else ''."""
    return str(errno.errorcode.get(-event.ret, event.ret)) if event.ret and event.has(EventFlag.FAILED) else ""


def acted_on(event: Event) -> str:
    """The path, address, command or number."""
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
