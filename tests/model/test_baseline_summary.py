"""A baseline in a line."""

from __future__ import annotations

import msgspec

from periderm.model.baseline import Phase
from periderm.model.baseline_summary import BaselineSummary


def test_it_travels() -> None:
    """As JSON for the API and as msgpack in the store it stays what it is."""
    given = BaselineSummary(workload_id="w", name="web", phase=Phase.LEARNING, digest="d", entries={"file": 2}, alerts=3)
    assert msgspec.json.decode(msgspec.json.encode(given), type=BaselineSummary) == given
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(given), type=BaselineSummary) == given
