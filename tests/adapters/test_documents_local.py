"""Files that a person names."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.model.errors import LimitError, NotFoundError, UsageError

DOCUMENTS = LocalDocuments()


def test_reads_up_to_its_bound(tmp_path: Path) -> None:
    """A file up to the bound comes whole, a larger one is refused."""
    (tmp_path / "a").write_bytes(b"x" * 10)
    assert DOCUMENTS.read(str(tmp_path / "a"), 10) == b"x" * 10
    with pytest.raises(LimitError):
        DOCUMENTS.read(str(tmp_path / "a"), 9)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """'-' is what is piped in."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped")))
    assert DOCUMENTS.read("-", 10) == b"piped"


def test_what_is_no_file(tmp_path: Path) -> None:
    """A missing file, a folder, a pipe and a name that cannot be are one sentence each, and nothing waits for ever."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotFoundError):
        DOCUMENTS.read(str(tmp_path / "gone"), 10)
    for name in (str(tmp_path), str(tmp_path / "pipe"), "a\0b"):
        with pytest.raises(UsageError):
            DOCUMENTS.read(name, 10)


def test_writes_whole(tmp_path: Path) -> None:
    """A report takes the place of the old one, with its mode; nothing is left beside it."""
    path = tmp_path / "report.json"
    DOCUMENTS.write(str(path), b"one")
    path.chmod(0o640)
    DOCUMENTS.write(str(path), b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    assert DOCUMENTS.exists(str(path))
    assert not DOCUMENTS.exists(str(tmp_path))


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    """As any program's would."""
    DOCUMENTS.write(str(tmp_path / "ours"), b"")
    (tmp_path / "usual").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A folder that is not there is one sentence."""
    with pytest.raises(UsageError):
        DOCUMENTS.write(str(tmp_path / "no" / "where"), b"")
    with pytest.raises(UsageError):
        DOCUMENTS.write(str(tmp_path), b"")
