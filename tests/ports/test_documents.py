"""What `ports.documents` promises: files are read up to a limit and written whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.model.errors import LimitError, NotFoundError, UsageError
from periderm.ports.documents import Documents


@pytest.fixture(params=[LocalDocuments])
def documents(request: pytest.FixtureRequest) -> Documents:
    """Every plug."""
    return request.param()


def test_what_is_written_is_read(documents: Documents, tmp_path: Path) -> None:
    """The same bytes come back, and a second writing replaces the first."""
    path = str(tmp_path / "report.json")
    assert not documents.exists(path)
    for data in (b"one", b"", b"\0two" * 1000):
        documents.write(path, data)
        assert documents.read(path, 10_000) == data
    assert documents.exists(path)
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


def test_limits_and_what_is_no_file(documents: Documents, tmp_path: Path) -> None:
    """Too large, not there, and a folder: each its own error with a way on."""
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(LimitError):
        documents.read(str(tmp_path / "large"), 10)
    with pytest.raises(NotFoundError):
        documents.read(str(tmp_path / "none"), 10)
    with pytest.raises(UsageError):
        documents.read(str(tmp_path), 10)
    assert not documents.exists(str(tmp_path))
