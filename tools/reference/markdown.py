"""Pieces of Markdown. Escapes what comes from values; knows nothing of the product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Made by `make docs` from the code. Do not edit: change the code and run it again. -->"


def page(title: str, *parts: str) -> str:
    """A whole page, ending in one newline."""
    return "\n\n".join([GENERATED, f"# {title}", *(part for part in parts if part)]).rstrip() + "\n"


def cell(text: str) -> str:
    """Text that cannot leave its table cell or become markup; what stands between backticks stays code."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0:
        return _escape("`".join(parts))
    return "".join(code(part) if number % 2 else _escape(part) for number, part in enumerate(parts))


def _escape(text: str) -> str:
    for character in "\\|<>*_`[]":
        text = text.replace(character, "\\" + character)
    return text


def code(text: str) -> str:
    """Text as code within a line or a cell."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text.replace('|', '&#124;') if '|' in text else text}{pad}{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def bullets(items: Iterable[str]) -> str:
    """A list."""
    return "\n".join(f"- {item}" for item in items)
