"""From a page's address to a `Query`. The address holds the whole state of a table, so it can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm.model.errors import UsageError
from periderm.model.query import MOST_SKIPPED, Query
from periderm.model.severity import Severity

ROWS = 100
LONGEST = 500
LEVELS = tuple(
    s.name.lower() for s in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFORMATIONAL)
)


def query_for(given: Mapping[str, str], fields: Sequence[str], rows: int = ROWS) -> Query:
    """Parameters that the page does not know (language, theme) are left alone; `skip` counts only where there is no cursor.
    Raises UsageError for a bad value."""
    values: dict[str, str | int | Severity] = {"limit": rows}
    if "skip" in fields and not given.get("cursor"):
        values["skip"] = skipped(given)
    for name in (*fields, "cursor"):
        value = given.get(name, "")
        if len(value) > LONGEST:
            raise UsageError(f"The filter `{name}` is longer than {LONGEST} characters.", "Shorten it.")
        if not value or name == "skip":
            continue
        if name == "severity":
            if value not in LEVELS:
                raise UsageError(f"There is no severity {value[:40]!r}.", f"Use one of {', '.join(LEVELS)}.")
            values["severity_at_least"] = Severity[value.upper()]
        else:
            values[name] = value
    return msgspec.convert(values, Query)


def skipped(given: Mapping[str, str]) -> int:
    """How many rows of the list lie above the page; whole runs of it, so that pages meet. Raises UsageError."""
    text = given.get("skip", "")
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= MOST_SKIPPED):
        raise UsageError(
            f"A list is not entered {text[:20]!r} rows deep.", f"At most {MOST_SKIPPED}; a filter shows the others."
        )
    return int(text) // ROWS * ROWS
