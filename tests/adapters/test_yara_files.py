"""Folders of YARA rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters import yara_files
from periderm.adapters.yara_files import read_rules
from periderm.model.errors import FormatError, LimitError, NotFoundError


def test_rules_are_read(tmp_path: Path) -> None:
    """By name, in folders too; other files are none."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.yar").write_text("rule b { condition: true }")
    (tmp_path / "sub" / "a.yara").write_bytes(b"rule a { condition: true } // \xff")
    (tmp_path / "notes.txt").write_text("x")
    assert [name for name, _ in read_rules(str(tmp_path))] == ["b.yar", "sub/a.yara"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Holds no rules, unless a person named it."""
    assert read_rules(str(tmp_path / "no")) == ()
    with pytest.raises(NotFoundError):
        read_rules(str(tmp_path / "no"), must=True)
    with pytest.raises(NotFoundError, match="holds no rules"):
        read_rules(str(tmp_path), must=True)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """Nor are folders called like rules."""
    (tmp_path / "a.yar").symlink_to("/etc/passwd")
    with pytest.raises(FormatError):
        read_rules(str(tmp_path))


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many files, and too much in them."""
    for number in range(3):
        (tmp_path / f"{number}.yar").write_text("x" * 10)
    monkeypatch.setattr(yara_files, "MOST_FILES", 2)
    with pytest.raises(LimitError):
        read_rules(str(tmp_path))
    monkeypatch.setattr(yara_files, "MOST_FILES", 9)
    monkeypatch.setattr(yara_files, "MOST_BYTES", 25)
    with pytest.raises(LimitError):
        read_rules(str(tmp_path))
