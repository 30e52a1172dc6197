"""Files in use, kept."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.usage import FilesInUse


def test_kept_and_merged(tmp_path: Path) -> None:
    """What two nodes told of one image is there together after the store was closed and opened."""
    store = SqlStore(str(tmp_path / "x.sqlite"), SystemClock())
    assert store.files_in_use("sha256:a") is None
    store.put_files_in_use(FilesInUse(image_digest="sha256:a", node_id="n1", paths=("a",), since=2, time=3))
    store.put_files_in_use(FilesInUse(image_digest="sha256:a", node_id="n2", paths=("b",), since=1, time=2))
    store.close()
    store = SqlStore(str(tmp_path / "x.sqlite"), SystemClock())
    use = store.files_in_use("sha256:a")
    store.close()
    assert use == FilesInUse(image_digest="sha256:a", node_id="n1", paths=("a", "b"), since=1, time=3)
