"""Questions to a store, and pages of answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from periderm.model.principal import Reach
from periderm.model.search import Condition
from periderm.model.severity import Severity

Item = TypeVar("Item")

MOST_SKIPPED = 500_000


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with a page. Empty fields do not restrict. `cursor` is what the page before said in `next_cursor`
    (opaque). `text` is a case-insensitive part of names, titles, messages and objects. `order` is '' (newest first,
    then by id) or 'severity'. `limit` is 1 to 1000. `skip` passes over the first rows of the list, at most MOST_SKIPPED and
    not behind a cursor: for who jumps into a long list. `vulnerability` is the id of one ('CVE-2024-1234').
    `within` are the parts that the caller may see (None: everything); only `app.scoped` sets it, never a caller. `where` is an
    understood search: with it a page looks at a bounded number of rows and says so in `looked_at`."""

    kind: str = ""
    asset_id: str = ""
    node_id: str = ""
    workload_id: str = ""
    image_digest: str = ""
    incident_id: str = ""
    detector: str = ""
    vulnerability: str = ""
    state: str = ""
    severity_at_least: Severity = Severity.UNKNOWN
    since: int = 0
    until: int = 0
    text: str = ""
    order: str = ""
    cursor: str = ""
    limit: int = 100
    skip: int = 0
    within: tuple[Reach, ...] | None = None
    where: Condition | None = None


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """`items` in order; `next_cursor` is '' on the last page; `total` counts all that match the filter. Where a search looked
    at so many rows only, `looked_at` says how many, `total` counts those among them, and the cursor leads to the rest."""

    items: tuple[Item, ...]
    next_cursor: str = ""
    total: int = 0
    looked_at: int = 0


def pages_of(read: Callable[[Query], Page[Item]], query: Query, most: int | None = None) -> Iterator[Page[Item]]:
    """The page that `read` answers to `query`, and those that follow, each read only when it is asked for; with `most` no more
    once so many items were given, so that the last page may be given whole."""
    given = 0
    while True:
        page = read(query)
        yield page
        given += len(page.items)
        if not page.next_cursor or (most is not None and given >= most):
            return
        query = msgspec.structs.replace(query, cursor=page.next_cursor, skip=0)


def every(read: Callable[[Query], Page[Item]], query: Query, most: int | None = None) -> Iterator[Item]:
    """The items of all pages that `read` answers to `query`, at most `most` of them."""
    for number, item in enumerate(item for page in pages_of(read, query, most) for item in page.items):
        if most is not None and number >= most:
            return
        yield item


class Change(msgspec.Struct, frozen=True):
    """Something in the store changed: `what` is 'incident', 'alert', 'finding', 'asset', 'gap', 'effect', 'policy',
    'exemption', 'scan' or 'demo'; `sequence` grows by one for each change and never restarts."""

    sequence: int
    what: str
    id: str
    time: int
