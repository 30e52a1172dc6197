"""Text in columns that fit the window: wraps, fills up and sets rows side by side. Knows nothing of what it shows."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from periderm.cli.output import Output, width

NARROWEST = 40


def window() -> int:
    """Columns of the window; 120 where there is none."""
    return max(NARROWEST, shutil.get_terminal_size((120, 24)).columns)


def pad(text: str, columns: int) -> str:
    """The text filled up with spaces."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns`, broken at spaces, or inside a word (or between Chinese signs) where one is longer."""
    lines, line = [], ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= columns:
            line = joined
            continue
        if line and width(word) <= columns:
            lines.append(line)
            line = word
            continue
        line = ""
        for sign in joined:
            if width(line + sign) > columns:
                lines.append(line)
                line = ""
            line += sign
    return [*lines, line]


def bare(text: str) -> str:
    """The text without the colour that `Output.paint` put around it."""
    return text.split("m", 1)[1].removesuffix("\x1b[0m") if text.startswith("\x1b[") else text


def side_by_side(cells: Sequence[str], widths: Sequence[int], out: Output, *, indent: int = 0) -> None:
    """One row: each cell wrapped within its width, the first line of all cells beside each other. Painted cells must fit
    in one line."""
    columns = [
        [cell] if cell.startswith("\x1b[") or width(cell) <= room else wrap(cell, room)
        for cell, room in zip(cells, widths, strict=True)
    ]
    for number in range(max(len(column) for column in columns)):
        parts = []
        for column, w in zip(columns, widths, strict=True):
            part = column[number] if number < len(column) else ""
            parts.append(part + " " * max(0, w - width(bare(part))))
        out.line((" " * indent + "  ".join(parts)).rstrip())
