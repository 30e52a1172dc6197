"""The database can do what history needs and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from periderm.adapters.history_parquet.database import connect, database, quoted
from periderm.adapters.history_parquet.names import Places

ESCAPES = (
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('{outside}/x.csv')",
    "SELECT * FROM read_text('{inside}/../x.csv')",
    "COPY (SELECT 1) TO '{outside}/y.csv'",
    "SELECT * FROM glob('/etc/*')",
    "ATTACH '{outside}/z.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SET memory_limit = '10GB'",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
    "PRAGMA enable_profiling",
)


@pytest.mark.parametrize("statement", ESCAPES)
def test_nothing_leads_out(tmp_path: Path, statement: str) -> None:
    """No file outside the folder, no extension, no network, no other setting."""
    inside = tmp_path / "in'side"
    inside.mkdir()
    (tmp_path / "x.csv").write_text("a\n1\n")
    outside = str(tmp_path)
    with database(Places(inside)) as opened, pytest.raises(duckdb.Error):
        opened.execute(statement.format(outside=outside, inside=str(inside).replace("'", "''")))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in'side", "x.csv"]


def test_files_of_the_folder_can_be_used(tmp_path: Path) -> None:
    """Whatever the folder is called."""
    inside = tmp_path / "in'side"
    inside.mkdir()
    opened = connect(Places(inside))
    path = str(inside / "x.parquet")
    opened.execute(f"COPY (SELECT 7 AS a) TO {quoted(path)} (FORMAT parquet)")
    assert opened.execute("SELECT a FROM read_parquet(?)", [[path]]).fetchall() == [(7,)]
    opened.close()


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A question that needs more fails, and does not use the disk instead."""
    with database(Places(tmp_path), memory_mib=32) as opened, pytest.raises(duckdb.OutOfMemoryException):
        opened.execute("SELECT list(range) FROM range(50000000)").fetchall()
    assert list(tmp_path.iterdir()) == []
