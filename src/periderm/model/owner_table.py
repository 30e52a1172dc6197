"""Who answers for what, as a table from elsewhere (a CMDB) says it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from periderm.model.asset import Grade, Ownership
from periderm.model.errors import UsageError

RULES = "rules"
FOR = ("name", "namespace", "image", "host", "label")
GIVES = ("owner", "application", "environment", "grade")
LONGEST_CELL = 256


class OwnerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: what it is for, and who answers for that. Each of `name`, `namespace`, `image`, `host` and `label` that is not
    empty must match; `*` and `?` stand for anything. `name` is an asset's, `image` a reference, `label` 'KEY=VALUE';
    `namespace` is Kubernetes' or a compose project."""

    name: str = ""
    namespace: str = ""
    image: str = ""
    host: str = ""
    label: str = ""
    ownership: Ownership = Ownership()


def owner_row(cells: Mapping[str, str]) -> OwnerRow:
    """The row of these columns (FOR and GIVES); those that are missing are empty. Raises UsageError for what is no grade."""
    grade = cells.get("grade", "").casefold()
    if grade not in tuple(Grade):
        raise UsageError(f"{grade[:40]!r} is no grade.", "Grades are core, important and ordinary.")
    return OwnerRow(
        **{name: cells.get(name, "") for name in FOR},
        ownership=Ownership(
            environment=cells.get("environment", ""),
            application=cells.get("application", ""),
            owner=cells.get("owner", ""),
            grade=Grade(grade),
        ),
    )


class OwnerSource(msgspec.Struct, frozen=True, kw_only=True):
    """Whence the server fetches a table by itself. `every` is in seconds; `columns` says what ours are called there (our name:
    theirs); `token` is a reference ('env:NAME', 'file:PATH'); `networks` are those that are not public and may be reached.

    `etag` is what the last answer called itself, `tried` and `good` when it was asked last and answered well last (Unix
    nanoseconds), `failing` since when it does not, and `failure` why."""

    address: str
    every: int = 3600
    columns: dict[str, str] = {}
    token: str = ""
    ca: str = ""
    networks: tuple[str, ...] = ()
    etag: str = ""
    tried: int = 0
    good: int = 0
    failing: int = 0
    failure: str = ""


class OwnerTable(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is what it was named when it was imported; a table of the same name takes its place. Time: Unix nanoseconds. With
    `fetch` the server asks for it anew. The table RULES holds the rules that people wrote here: they go before what labels
    say, which goes before all other tables."""

    id: str
    source: str = ""
    imported: int = 0
    author: str = ""
    rows: tuple[OwnerRow, ...] = ()
    fetch: OwnerSource | None = None


class OwnerHead(msgspec.Struct, frozen=True, kw_only=True):
    """A table without its rows, of which there are `count`: cheap to read, however many they are."""

    id: str
    source: str = ""
    imported: int = 0
    author: str = ""
    count: int = 0
    fetch: OwnerSource | None = None
