"""How often something happened, by what and by day. Counts only."""

from __future__ import annotations

import enum

import msgspec

DAY_SECONDS = 86_400


class TallyBy(enum.StrEnum):
    """By what is counted."""

    DETECTOR = "detector"  # of alerts only
    ASSET = "asset_id"
    NODE = "node_id"
    WORKLOAD = "workload_id"
    IMAGE = "image_digest"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """`count` of one key in the day that begins at `day` (Unix seconds, UTC), the last at `last` (Unix nanoseconds)."""

    key: str
    day: int
    count: int
    last: int


class FalseCount(msgspec.Struct, frozen=True, kw_only=True):
    """Of a detector: alerts in incidents that people call false alarms, and alerts that exceptions took out since."""

    detector: str
    said: int = 0
    excepted: int = 0
