"""What the product was blind to."""

from __future__ import annotations

import msgspec
from hypothesis import given

from periderm.model.gap import CoverageGap, GapKind
from tests.strategies import values


def test_kinds_are_pinned() -> None:
    """Stored gaps keep the names of their kinds."""
    known = {
        "events-lost",
        "path-unreadable",
        "syscall-variant",
        "kernel-unsupported",
        "owner-unknown",
        "image-not-scanned",
        "not-examined",
        "subject-unknown",
        "sensor-down",
        "clock-jump",
        "enforcement-failed",
        "rules-refused",
        "rule-failed",
        "history-short",
        "detail-shed",
        "registry-silent",
    }
    assert known <= {kind.value for kind in GapKind}


@given(values(CoverageGap))
def test_a_gap_survives_the_wire(gap: CoverageGap) -> None:
    """Read back equal."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(gap), type=CoverageGap) == gap
