"""What a process writes about its own work: one line a message on standard error, for people, as logfmt or as JSON.

A line never holds a line feed or a control character, whatever a message quotes. Rotating is the supervisor's or journald's.
"""

from __future__ import annotations

import datetime
import json
import logging
import re
import sys
from collections.abc import Callable
from typing import TextIO

MOST = 8192  # characters of a message, and of a traceback
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_BARE = re.compile(r"[^\s\"=]+")  # a value of logfmt that needs no quotes
# Libraries that tell at `info` what is no concern of who runs this.
_CHATTY = ("alembic", "uvicorn", "asyncio", "urllib3", "h11")


def plain(text: str) -> str:
    """One line of printable characters."""
    text = text[:MOST]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


class Lines(logging.Formatter):
    """`form` is text, logfmt or json; `place` gives trace and span of the work under way, ('', '') for none."""

    def __init__(self, form: str, role: str, place: Callable[[], tuple[str, str]]) -> None:
        super().__init__()
        self._form = form
        self._role = role
        self._place = place

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        when = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        message = record.getMessage()
        if record.exc_info:
            message += " " + self.formatException(record.exc_info)
        fields = {
            "time": when.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "process": self._role,
            "pid": str(record.process),
            "logger": record.name,
            "message": message[:MOST].encode("utf-8", "backslashreplace").decode(),
        }
        trace, span = self._place()
        if trace:
            fields |= {"trace_id": trace, "span_id": span}
        if self._form == "json":
            return json.dumps(fields, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        if self._form == "logfmt":
            return " ".join(f"{name}={_quoted(value)}" for name, value in fields.items())
        return plain(f"{fields['time']} {record.levelname:<7} {record.name}: {message}")


def _quoted(value: str) -> str:
    value = plain(value)
    return value if _BARE.fullmatch(value) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_lines(
    level: str, form: str, role: str, place: Callable[[], tuple[str, str]], stream: TextIO | None = None
) -> logging.Handler:
    """From now on all messages of this process, from `level` on, go to standard error; to a handler of ours before no more."""
    root = logging.getLogger()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(form, role, place))
    for old in [one for one in root.handlers if isinstance(one.formatter, Lines)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(_LEVELS[level])
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(_LEVELS[level], logging.WARNING))
    return handler


def write_no_lines(handler: logging.Handler) -> None:
    """Undoes that."""
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(logging.WARNING)
