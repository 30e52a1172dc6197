"""A table of owners as CSV (RFC 4180), with a head that names its columns. Reads it strictly; matches nothing.

Columns that say what a row is for: name, namespace, image, host, label. Columns that say whose it is: owner, application,
environment and grade (core, important, ordinary). Others are passed over, so that an export of a CMDB can be taken as it is;
`renamed` says what its columns are called there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from periderm.model.errors import FormatError, UsageError
from periderm.model.owner_table import FOR, GIVES, LONGEST_CELL, OwnerRow, owner_row

MOST_BYTES = 64 << 20
MOST_ROWS = 200_000
_HEAD = "The first line names the columns: name,namespace,image,host,label and owner,application,environment,grade."


def parse(data: bytes, renamed: Mapping[str, str] | None = None) -> tuple[OwnerRow, ...]:
    """The rows in their order. `renamed`: our name of a column to its name in the file. Raises FormatError with the line."""
    if len(data) > MOST_BYTES:
        raise FormatError(f"The table has {len(data)} bytes, at most {MOST_BYTES} are read.", "Export fewer columns.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("The table is not UTF-8.", "Export it as 'CSV UTF-8'.") from error
    if "\0" in text:
        raise FormatError("The table is no text: it holds NUL.", "Export it as 'CSV UTF-8'.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[OwnerRow] = []
    try:
        columns = _columns(next(reader, []), renamed or {})
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(rows) >= MOST_ROWS:
                raise FormatError(f"The table has more than {MOST_ROWS} rows.", "Use patterns: one row for many names.")
            rows.append(_row(values, columns, reader.line_num))
    except csv.Error as error:
        raise FormatError(f"Line {reader.line_num} of the table: {error}.", "Quote what holds quotes or commas.") from error
    return tuple(rows)


def _delimiter(text: str) -> str:
    """Spreadsheets of many languages write semicolons."""
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _columns(head: list[str], renamed: Mapping[str, str]) -> dict[str, int]:
    """Our name of each column to its place."""
    there = {name.strip().casefold(): place for place, name in reversed(list(enumerate(head)))}
    found: dict[str, int] = {}
    for name in (*FOR, *GIVES):
        wanted = renamed.get(name, name).strip().casefold()
        if wanted in there:
            found[name] = there[wanted]
        elif name in renamed:
            raise FormatError(f"The table has no column {renamed[name]!r}.", f"It has: {', '.join(head)[:300]}.")
    if not found.keys() & set(FOR) or not found.keys() & set(GIVES):
        raise FormatError("The table does not say for what a row is, or whose that is.", _HEAD)
    return found


def _row(values: list[str], columns: Mapping[str, int], line: int) -> OwnerRow:
    cells = {name: values[place].strip() if place < len(values) else "" for name, place in columns.items()}
    for name, value in cells.items():
        if len(value) > LONGEST_CELL:
            raise FormatError(f"Line {line}: {name} has more than {LONGEST_CELL} characters.", "Shorten it.")
    if not any(cells.get(name) for name in FOR):
        raise FormatError(f"Line {line} does not say for what it is.", f"Fill one of {', '.join(FOR)}.")
    try:
        return owner_row(cells)
    except UsageError as error:
        raise FormatError(f"Line {line}: {error.what}", error.next_step) from error
