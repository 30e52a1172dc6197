"""Rows and their subjects as one file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from periderm.adapters.history_parquet import partition
from periderm.adapters.history_parquet.database import database
from periderm.adapters.history_parquet.names import Places
from periderm.model.asset import Container
from periderm.model.errors import HistoryError
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import batch
from tests.past import OTHER


def written(folder: Path, name: str, *texts: str) -> str:
    """A partition with these texts, all of the container."""
    rows = batch(*({"text": text, "subject": 1} for text in texts))
    keys = [0, partition.key_of(CONTAINER)]
    columns = partition.table(rows.rows, np.arange(len(texts), dtype=np.int64), keys, np.array(rows.strings, dtype=object))
    with database(Places(folder)) as opened:
        partition.write(opened, folder / name, columns, partition.Subjects(NODE, {str(keys[1]): CONTAINER}))
    return str(folder / name)


def test_a_key_is_made_of_all_facts() -> None:
    """The same facts, the same key; other facts, another; never 0, which is the node."""
    assert partition.key_of(CONTAINER) == partition.key_of(msgspec.structs.replace(CONTAINER))
    assert len({partition.key_of(each) for each in (CONTAINER, OTHER, msgspec.structs.replace(CONTAINER, running=False))}) == 3
    assert 0 < partition.key_of(OTHER) < 2**61


def test_merged_files_keep_rows_and_subjects(tmp_path: Path) -> None:
    """In their order."""
    sources = [written(tmp_path, "a.parquet", "1", "2"), written(tmp_path, "b.parquet", "3")]
    with database(Places(tmp_path)) as opened:
        subjects = partition.united(partition.read_subjects(opened, sources).values())
        partition.merge(opened, tmp_path / "c.parquet", sources, subjects)
        found = opened.execute("SELECT text, subject FROM read_parquet(?)", [[str(tmp_path / "c.parquet")]]).fetchall()
        again = partition.read_subjects(opened, [str(tmp_path / "c.parquet")])
    key = partition.key_of(CONTAINER)
    assert found == [("1", key), ("2", key), ("3", key)]
    assert list(again.values()) == [partition.Subjects(NODE, {str(key): CONTAINER})]


@pytest.mark.parametrize("data", [b"", b"=", b"YWJj", b"\xff"])
def test_foreign_metadata_is_refused(data: bytes) -> None:
    """With an error of the family, whatever it holds."""
    with pytest.raises(HistoryError):
        partition.subjects_of(data)


def test_a_file_without_subjects_is_refused(tmp_path: Path) -> None:
    """Its rows would belong to nobody."""
    path = str(tmp_path / "x.parquet")
    with database(Places(tmp_path)) as opened:
        opened.execute(f"COPY (SELECT 1 AS a) TO '{path}' (FORMAT parquet)")
        with pytest.raises(HistoryError, match="whose rows"):
            partition.read_subjects(opened, [path])


def test_facts_that_are_not_asked_for_stay_as_they_lie(tmp_path: Path) -> None:
    """Packed, they are the bytes of the whole."""
    path = written(tmp_path, "a.parquet", "1")
    with database(Places(tmp_path)) as opened:
        whole, packed = partition.read_subjects(opened, [path])[path], partition.read_packed(opened, [path])[path]
    assert packed.node == whole.node
    assert {key: msgspec.json.decode(data, type=Container) for key, data in packed.others.items()} == whole.others
