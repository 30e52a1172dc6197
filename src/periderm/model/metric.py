"""Figures of our own work as values: a family has one name and meaning, and a sample for each set of labels.

Names follow https://prometheus.io/docs/practices/naming/: base units, `_total` for what only grows, `_info` for a constant.
"""

from __future__ import annotations

import enum

import msgspec

Labels = tuple[tuple[str, str], ...]


class MetricKind(enum.StrEnum):
    """How a family's samples are to be read."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Sample(msgspec.Struct, frozen=True):
    """One number. `suffix` is '_bucket', '_sum' or '_count' in a histogram."""

    value: float
    labels: Labels = ()
    suffix: str = ""


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """All samples of one name."""

    name: str
    kind: MetricKind
    meaning: str
    samples: tuple[Sample, ...] = ()


def one(name: str, kind: MetricKind, meaning: str, value: float) -> Family:
    """A family of a single number."""
    return Family(name=name, kind=kind, meaning=meaning, samples=(Sample(float(value)),))
