"""The limits of a scan."""

from __future__ import annotations

import re
from pathlib import Path

from periderm.model.limits import DEFAULT_LIMITS, ScanLimits

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "how-a-scan-works.md"


def test_limits_leave_room_and_end_somewhere() -> None:
    """Every limit is above zero; what a bomb may give before it is told from a layer is seconds of inflating."""
    assert all(getattr(DEFAULT_LIMITS, name) > 0 for name in ScanLimits.__struct_fields__)
    assert DEFAULT_LIMITS.ratio_floor <= DEFAULT_LIMITS.inflated // 16
    assert DEFAULT_LIMITS.secret_whole <= DEFAULT_LIMITS.secret_file <= DEFAULT_LIMITS.inflated
    assert DEFAULT_LIMITS.mapped < DEFAULT_LIMITS.database_file <= DEFAULT_LIMITS.file


def test_every_limit_is_explained() -> None:
    """Each is named in its docstring, from which the reference is made; those that the explanation names exist."""
    told = ScanLimits.__doc__ or ""
    assert [name for name in ScanLimits.__struct_fields__ if f"`{name}`" not in told] == []
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## Limits\n")[2].partition("\n## ")[0]
    cells = [row.rpartition("| ")[0].rpartition("| ")[2] + row for row in section.splitlines() if row.startswith("| ")]
    named = set(re.findall(r"`(\w+)`", "\n".join(cells)))
    assert named >= {"ratio", "inflated", "layers", "entries", "depth", "packages", "memory", "seconds"}
    assert named <= set(ScanLimits.__struct_fields__)
