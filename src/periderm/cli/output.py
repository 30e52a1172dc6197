"""Prints for terminals and pipes: tables that fit the window, JSON, progress, errors. Escapes whatever is foreign."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

import msgspec

from periderm.model.errors import PeridermError
from periderm.model.severity import Severity
from periderm.model.text import Text

_COLOURS = {"red": "31", "yellow": "33", "green": "32", "blue": "34", "grey": "90", "bold": "1"}
_SEVERITY = {5: ("C", "red"), 4: ("H", "red"), 3: ("M", "yellow"), 2: ("L", "blue"), 1: ("i", "grey"), 0: ("?", "grey")}
_ELLIPSIS = "…"


def clean(text: str) -> str:
    """Text from outside made harmless for a terminal: control and format characters become visible escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def width(text: str) -> int:
    """Columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fit(text: str, columns: int) -> str:
    """The text cut in its middle to at most `columns`."""
    if width(text) <= columns:
        return text
    if columns <= 1:
        return _ELLIPSIS[:columns]
    head, tail = "", ""
    room = columns - 1
    left = room - room // 2
    for c in text:
        if width(head + c) > left:
            break
        head += c
    for c in reversed(text):
        if width(c + tail) > room // 2:
            break
        tail = c + tail
    return head + _ELLIPSIS + tail


def _encodable(value: Any) -> Any:
    """Plain values with every lone surrogate escaped."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value


class Output:
    """Where a command prints. Results go to standard output, everything else to standard error."""

    def __init__(
        self,
        *,
        json: bool = False,
        csv: bool = False,
        quiet: bool = False,
        out: TextIO | None = None,
        err: TextIO | None = None,
    ) -> None:
        self.json = json
        self.csv = csv
        self.quiet = quiet
        self.language = "en"
        self.out = out or sys.stdout
        self.err = err or sys.stderr
        colour = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.colour = colour and not csv and self.out.isatty()
        self.live = not quiet and self.err.isatty()
        self._started = time.monotonic()
        self._drawn = False
        self._step = ("", "", -1)  # the text, stage and tenth of the last line that was written for a step

    def paint(self, text: str, colour: str) -> str:
        """The text in a colour, where colours are wanted."""
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.colour and colour else text

    def severity(self, severity: Severity) -> str:
        """A letter and the name, coloured."""
        letter, colour = _SEVERITY[int(severity)]
        return self.paint(f"{letter} {severity.name.lower()}", colour)

    def say(self, text: str | Text) -> str:
        """The text in the chosen language, made harmless."""
        return clean(text.pick(self.language) if isinstance(text, Text) else text)

    def line(self, text: str = "") -> None:
        """A line of the result; beside it where a list was asked for alone. The caller has made foreign parts harmless with
        `say`."""
        if self.csv:
            self.note(text)
            return
        self.clear()
        self.out.write(text + "\n")

    def value(self, value: Any) -> None:
        """The result as JSON; structs by their field names."""
        self.clear()
        try:
            data = msgspec.json.encode(value)
        except UnicodeEncodeError:
            # Names that are not UTF-8 hold surrogates, which JSON cannot: they become visible escapes.
            data = msgspec.json.encode(_encodable(msgspec.to_builtins(value)))
        data = msgspec.json.format(data, indent=2)
        self.out.write(data.decode("utf-8", "replace") + "\n")

    def answer(self, value: Any, *lines: Text) -> None:
        """The result: the value where JSON was asked for, else the lines."""
        if self.json:
            self.value(value)
            return
        for line in lines:
            self.line(self.say(line))

    def raw(self, data: bytes) -> None:
        """A whole document as it is."""
        self.clear()
        self.out.write(data.decode("utf-8", "replace"))

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> None:
        """Columns that fit the window: the widest give way first, cut in the middle."""
        self.clear()
        body = [[clean(cell) for cell in row] for row in rows]
        if self.csv:
            from periderm.cli import csv_rows

            self.out.writelines(map(csv_rows.row, (head, *body)))
            return
        widths = [max([width(h), *(width(r[i]) for r in body)]) for i, h in enumerate(head)]
        window = _columns(120) if self.out.isatty() else 10_000
        while sum(widths) + 2 * (len(widths) - 1) > window and max(widths) > 8:
            widths[widths.index(max(widths))] -= 1
        self.out.write(self.paint(self._row(head, widths, right), "bold") + "\n")
        for row in body:
            self.out.write(self._row(row, widths, right) + "\n")

    def _row(self, cells: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
        parts = []
        for i, cell in enumerate(cells):
            text = fit(cell, widths[i])
            pad = " " * (widths[i] - width(text))
            parts.append(pad + text if i in right else text + pad)
        return "  ".join(parts).rstrip()

    def progress(self, text: str, done: float | None = None) -> None:
        """One line on the terminal that is drawn over, only after a command has taken a second."""
        if not self.live or time.monotonic() - self._started < 1:
            return
        columns = _columns(80)
        bar = ""
        if done is not None:
            filled = int(max(0.0, min(1.0, done)) * 20)
            bar = f"[{'█' * filled}{'·' * (20 - filled)}] {done:4.0%} "
        self.err.write("\r\x1b[K" + bar + fit(clean(text), columns - width(bar) - 1))
        self.err.flush()
        self._drawn = True

    def step(self, text: str, done: float | None = None) -> None:
        """As `progress` on a terminal. Elsewhere, in a log, a plain line for each step, so that work of minutes does not look
        like a standstill; of a stage with many ('base: …') one for each tenth of the whole."""
        if self.live or self.quiet:
            self.progress(text, done)
            return
        before, stage_before, tenth_before = self._step
        stage, tenth = text.partition(":")[0], -1 if done is None else int(done * 10)
        if text == before or (stage == stage_before and 0 <= tenth <= tenth_before):
            return
        self._step = (text, stage, tenth)
        self.note(clean(text))
        self.err.flush()

    def clear(self) -> None:
        """Removes the progress line."""
        if self._drawn:
            self.err.write("\r\x1b[K")
            self.err.flush()
            self._drawn = False

    def note(self, text: str) -> None:
        """A remark beside the result."""
        if not self.quiet:
            self.clear()
            self.err.write(text + "\n")

    def point(self, text: str, column: int) -> None:
        """A line that a person wrote, and a caret below the place that is meant (columns count from 1)."""
        self.clear()
        before = width(clean(text[: column - 1]))
        self.err.write(f"  {clean(text)}\n  {' ' * before}^\n")

    def error(self, error: PeridermError) -> None:
        """What happened and what to do next; as JSON on standard output if JSON was asked for."""
        self.clear()
        if self.json:
            self.value({"error": {"what": error.what, "next_step": error.next_step, "kind": type(error).__name__}})
        self.err.write(f"periderm: {clean(error.what)}\n")
        if error.next_step:
            self.err.write(f"  {clean(error.next_step)}\n")


def _columns(otherwise: int) -> int:
    """The width of the window; `shutil` brings every compression with it, and is loaded only where there is a window."""
    import shutil

    return shutil.get_terminal_size((otherwise, 24)).columns
