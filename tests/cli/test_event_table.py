"""Events as lines for people."""

from __future__ import annotations

import io
from typing import Any

import pytest

from periderm.cli import event_table
from periderm.cli.output import Output
from periderm.model.event import Event, EventFlag, EventKind
from periderm.model.event_query import Found
from tests.flow.conftest import CONTAINER, NODE


def said(kind: EventKind, language: str = "en", **more: Any) -> str:
    """The last cell."""
    out = Output()
    out.language = language
    return event_table.what(Event(kind=kind, subject=NODE, **more), out)


@pytest.mark.parametrize(
    ("kind", "more", "shown"),
    [
        (EventKind.EXEC, {"text": "/bin/sh", "argv": ("sh", "-c", "id")}, "sh -c id"),
        (EventKind.EXEC, {"text": "/bin/sh"}, "/bin/sh"),
        (EventKind.OPEN, {"text": "/x"}, "/x (read)"),
        (EventKind.OPEN, {"text": "/x", "arg0": 0o102}, "/x (create)"),
        (EventKind.OPEN, {"text": "/x", "arg0": 2}, "/x (read-write)"),
        (EventKind.CONNECT, {"text": "::1", "port": 80, "family": 10}, "[::1]:80"),
        (EventKind.CONNECT, {"text": "/run/x.sock", "family": 1}, "/run/x.sock"),
        (EventKind.RENAME, {"raw": "/a", "text": "/b"}, "/a -> /b"),
        (EventKind.EXIT, {"arg0": 9}, "signal 9"),
        (EventKind.EXIT, {"ret": 3}, "status 3"),
        (EventKind.CHMOD, {"text": "/x", "arg0": 0o104755}, "/x 4755"),
        (EventKind.SIGNAL, {"arg0": 9, "arg1": 77}, "9 to 77"),
        (EventKind.SETNS, {"arg0": 0x20000}, "0x20000"),
        (EventKind.BPF, {}, ""),
        (EventKind.OPEN, {"text": "/x", "ret": -13, "flags": EventFlag.FAILED}, "/x (read) = EACCES"),
        (EventKind.OPEN, {"text": "/x", "ret": -9999, "flags": EventFlag.FAILED}, "/x (read) = -9999"),
        (EventKind.OPEN, {"text": "/x", "count": 4}, "/x (read) x4"),
    ],
)
def test_what_is_shown(kind: EventKind, more: dict[str, Any], shown: str) -> None:
    """Each kind in its own way."""
    assert said(kind, **more) == shown


def test_marks_are_in_both_languages() -> None:
    """What is special about a row."""
    flags = EventFlag.KILLED | EventFlag.UPPER
    assert said(EventKind.EXEC, text="/tmp/x", flags=flags) == "/tmp/x [killed, not in the image]"
    assert said(EventKind.EXEC, "zh", text="/tmp/x", flags=flags) == "/tmp/x [已终止, 不在镜像中]"


def test_live_lines_have_one_head_and_no_control_characters() -> None:
    """Each row is one line, whatever it holds."""
    stream = io.StringIO()
    live = event_table.Live(Output(out=stream))
    rows = [
        Found(i, Event(kind=EventKind.OPEN, subject=CONTAINER, text="/x\n\x1b[2J", exe="/bin/\tcat", time=10**18))
        for i in (1, 2)
    ]
    live.show(rows[:1])
    live.show(rows[1:])
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert "\x1b" not in stream.getvalue()
    assert "web" in lines[1]


def test_times_that_no_calendar_has() -> None:
    """Are a dash."""
    assert event_table.moment_of(2**63 - 1) != ""
    assert event_table.moment_of(-(2**63) * 10) == "-"
    assert event_table.moment_of(1_795_000_000_123_456_789).endswith(".123")
