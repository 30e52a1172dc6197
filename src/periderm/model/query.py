"""Questions to a store, and pages of answers."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from periderm.model.severity import Severity

Item = TypeVar("Item")


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A filter with a page. Empty fields do not restrict. `cursor` is what the page before said in `next_cursor`
    (opaque). `text` is a case-insensitive part of names, titles, messages and objects. `order` is '' (newest first,
    then by id) or 'severity'. `limit` is 1 to 1000. `vulnerability` is the id of one ('CVE-2024-1234')."""

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


class Page(msgspec.Struct, Generic[Item], frozen=True):
    """`items` in order; `next_cursor` is '' on the last page; `total` counts all that match the filter."""

    items: tuple[Item, ...]
    next_cursor: str = ""
    total: int = 0


class Change(msgspec.Struct, frozen=True):
    """Something in the store changed: `what` is 'incident', 'alert', 'finding', 'asset', 'gap', 'effect', 'policy',
    'exemption', 'scan' or 'demo'; `sequence` grows by one for each change and never restarts."""

    sequence: int
    what: str
    id: str
    time: int
