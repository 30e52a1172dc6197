"""Whether a container runs of an image."""

from __future__ import annotations

from sqlalchemy import literal, select

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.runs import is_running
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Container


def test_a_stopped_one_does_not_count(store: SqlStore, database: Database) -> None:
    """Nor an image without a digest."""
    for n, runs in enumerate((True, False)):
        given = {"image_digest": f"sha256:{n}", "running": runs}
        store.put_assets([Container(id=f"c{n}", name="c", container_id="1", runtime="podman", node_id="n", **given)])
    with database.reading() as connection:
        for digest, expected in (("sha256:0", 1), ("sha256:1", 0), ("", 0)):
            assert connection.execute(select(is_running(literal(digest)))).scalar_one() == expected
