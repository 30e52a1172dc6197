"""Cuts a container file into its instructions: parser directives, comments, continued lines, here-documents.

Source: BuildKit's Dockerfile reference ("Format", "Parser directives", "escape", "Here-documents"). It knows no instruction
beyond which of them may have here-documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from periderm.model.build_file import Heredoc, Script
from periderm.model.errors import FormatError, LimitError

MOST_BYTES = 1 << 20
MOST_INSTRUCTIONS = 5_000
_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]{0,30})\s*=\s*(.+?)\s*$")
_KNOWN = frozenset({"syntax", "escape", "check"})
_HEREDOC = re.compile(r"(?:^|(?<=\s))\d{0,3}<<(-?)(['\"]?)([A-Za-z_][\w.-]{0,100})\2(?=[\s|;&>)]|$)")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})


class Statement(msgspec.Struct, frozen=True):
    """One instruction as it stands: its name as written, what follows it, its first and last line."""

    name: str
    script: Script
    line: int
    end: int
    heredocs: tuple[Heredoc, ...]


def directives(lines: list[str]) -> dict[str, str]:
    """The parser directives at the top: they end at the first line that is none."""
    found: dict[str, str] = {}
    for line in lines:
        match = _DIRECTIVE.match(line.lstrip()[:1000])
        name = match[1].lower() if match else ""
        if match is None or name not in _KNOWN or name in found:
            break
        found[name] = match[2]
    return found


def statements(text: str, escape: str, where: str) -> Iterator[Statement]:
    """The instructions in order. Raises FormatError for a here-document without an end; LimitError for too many."""
    lines = text.split("\n")
    number, count = 0, 0
    while number < len(lines):
        if not lines[number].strip() or lines[number].lstrip().startswith("#"):
            number += 1
            continue
        count += 1
        if count > MOST_INSTRUCTIONS:
            raise LimitError(f"it has more than {MOST_INSTRUCTIONS} instructions.", where=where)
        first = number + 1
        parts, number = _joined(lines, number, escape)
        name, script = _named(parts)
        heredocs: list[Heredoc] = []
        if _may_hold(name, script.text):
            heredocs, number = _heredocs(script.text, lines, number, where)
        yield Statement(name, script, first, number, tuple(heredocs))


def _joined(lines: list[str], number: int, escape: str) -> tuple[list[tuple[int, str]], int]:
    """(pieces of one instruction with their lines, number of the next line). Comments and empty lines inside are left out."""
    parts: list[tuple[int, str]] = []
    continued = True
    while continued and number < len(lines):
        line = lines[number].rstrip("\r")
        number += 1
        if parts and (not line.strip() or line.lstrip().startswith("#")):
            continue
        bare = line.rstrip(" \t")
        # Two escapes in a row are one escaped character and continue nothing.
        continued = bare.endswith(escape) and not bare.endswith(escape * 2)
        parts.append((number, bare[:-1] if continued else line))
    return parts, number


def _named(parts: list[tuple[int, str]]) -> tuple[str, Script]:
    first_line, first = parts[0]
    head = first.lstrip()
    name, _, rest = head.partition(" ")
    if "\t" in name:
        name, _, rest = head.partition("\t")
    rest = rest.lstrip()
    marks, text = [(0, first_line)], [rest]
    offset = len(rest)
    for line, piece in parts[1:]:
        marks.append((offset, line))
        text.append(piece)
        offset += len(piece)
    return name, Script("".join(text), tuple(marks))


def _may_hold(name: str, text: str) -> bool:
    upper = name.upper()
    if upper == "ONBUILD":
        upper = text.split(None, 1)[0].upper() if text.strip() else ""
    return upper in _WITH_HEREDOCS and "<<" in text


def _heredocs(text: str, lines: list[str], number: int, where: str) -> tuple[list[Heredoc], int]:
    """The here-documents that a text opens, in their order, and the number of the line after the last."""
    found = []
    seen, double, single = 0, 0, 0  # an odd number of quotes before a place: it lies between them
    for match in _HEREDOC.finditer(text):
        double += text.count('"', seen, match.start())
        single += text.count("'", seen, match.start())
        seen = match.start()
        if double % 2 or single % 2:
            continue
        began, body = number, []
        while True:
            if number >= len(lines):
                raise FormatError(f"the here-document {match[3]} has no end.", where=where)
            line = lines[number].rstrip("\r")
            number += 1
            line = line.lstrip("\t") if match[1] else line
            if line == match[3]:
                break
            body.append(line)
        found.append(Heredoc(match[3], "\n".join(body), began + 1, not match[2]))
    return found, number
