"""A baseline in a line, for lists. Holds no entries."""

from __future__ import annotations

import msgspec

from periderm.model.baseline import Phase


class BaselineSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A baseline without its entries, for lists. `entries` by dimension's name; `alerts` are deviations that wait
    for review."""

    workload_id: str
    name: str
    phase: Phase
    digest: str
    entries: dict[str, int] = {}
    decisions: int = 0
    replicas: int = 0
    observed: int = 0
    since: int = 0
    settled: int = 0
    newest: int = 0
    changed: int = 0
    alerts: int = 0
