"""Notices as rows of CSV (RFC 4180) that a spreadsheet opens without running anything.

What begins as a formula (`=`, `+`, `-`, `@`, also behind blanks or in their full-width forms) gets an apostrophe before it, as
OWASP advises ('CSV Injection'); every cell is quoted, and has no line break.
"""

from __future__ import annotations

from periderm.formats.notices.fitting import one_line, short
from periderm.model.notice import Message, Notice

COLUMNS = (
    "time",
    "occasion",
    "severity",
    "title",
    "summary",
    "place",
    "owner",
    "application",
    "environment",
    "subject",
    "link",
)
LONGEST = 32_000  # a cell of a spreadsheet holds 32,767 characters
_FORMULA = frozenset("=+-@|%＝＋－＠")


def header() -> str:
    """The first row."""
    return ",".join(cell(name) for name in COLUMNS) + "\r\n"


def row(message: Message, notice: Notice, moment: str) -> str:
    """One notice; `moment` is its time as people read it."""
    language = message.language
    base = message.link.removesuffix(max(message.notices, key=lambda n: n.severity).path) if message.link else ""
    values = (
        moment,
        notice.occasion.value,
        notice.severity.name.lower(),
        notice.title.pick(language),
        notice.summary.pick(language),
        notice.place,
        notice.owner,
        notice.application,
        notice.environment,
        notice.subject_id,
        base + notice.path if base else "",
    )
    return ",".join(cell(value) for value in values) + "\r\n"


def cell(text: str) -> str:
    """One cell, quoted; never a formula."""
    text = short(one_line(text), LONGEST)
    if text[:1] in _FORMULA:
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"'
