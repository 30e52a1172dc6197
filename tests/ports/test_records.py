"""What `ports.records` promises to those who read other programs' files: absence and hostility look alike, and are quiet."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.records_local import LocalRecords
from periderm.ports.records import Records


def test_what_is_not_there_is_empty(tmp_path: Path) -> None:
    """No error for any of the questions."""
    records: Records = LocalRecords()
    missing = str(tmp_path / "none")
    assert records.read(missing) == b""
    assert tuple(records.names(missing)) == ()
    assert records.stamp(missing) == ()


def test_what_is_there_is_told(tmp_path: Path) -> None:
    """Bytes, names, and a stamp."""
    records: Records = LocalRecords()
    (tmp_path / "x").write_bytes(b"\xff\0")
    assert records.read(str(tmp_path / "x")) == b"\xff\0"
    assert tuple(records.names(str(tmp_path))) == ("x",)
    assert records.stamp(str(tmp_path / "x"))
