"""The queue of scans with states, watched registries, and the digests by which images are named. Frozen, as every step.

What waited in the old queue waits in the new one; who held it then is forgotten, so it is scanned again at once.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


class _Request(msgspec.Struct, tag="scan-request"):
    """What the old queue holds of each."""

    image_digest: str
    source: str
    reference: str
    node_id: str
    requested: int


class _Job(msgspec.Struct, omit_defaults=True):
    """What the new one holds of a job that nobody has touched; whoever reads it fills up what is left out."""

    image_digest: str
    source: str
    reference: str
    node_id: str
    requested: int


def upgrade() -> None:
    """Make the tables; move what waits."""
    jobs, places = _queue()
    _registries()
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT id, doc FROM scan_requests")).all():
        try:
            old = msgspec.msgpack.decode(row.doc, type=_Request)
        except msgspec.DecodeError:
            continue  # the agent asks for it again
        job = _Job(old.image_digest, old.source, old.reference, old.node_id, old.requested)
        words = f"{old.reference}\n{row.id}".casefold()
        seconds = max(0, min(old.requested // 10**9, (1 << 40) - 1))
        connection.execute(
            sa.insert(jobs),
            {
                "id": row.id,
                "time": old.requested,
                "state": "waiting",
                "priority": 1,
                "rank": (8 - 1) * (1 << 40) + (1 << 40) - 1 - seconds,
                "worker": "",
                "lease_until": 0,
                "not_before": 0,
                "search": words,
                "doc": msgspec.msgpack.encode(job),
            },
        )
        kind = old.source.partition(":")[0]
        connection.execute(sa.insert(places), {"id": row.id, "node_id": old.node_id, "kind": kind, "doc": row.doc})
    op.drop_table("scan_requests")


def _queue() -> tuple[sa.Table, sa.Table]:
    jobs = op.create_table(
        "scan_jobs",
        _id(),
        _number("time"),
        _text("state"),
        _number("priority"),
        _number("rank"),
        _text("worker"),
        _number("lease_until"),
        _number("not_before"),
        _text("search"),
        _document("doc"),
    )
    op.create_index("ix_scan_jobs_order", "scan_jobs", ["priority", "time", "id"])
    op.create_index("ix_scan_jobs_rank", "scan_jobs", [sa.text("rank DESC"), sa.text("time DESC"), "id"])
    op.create_index("ix_scan_jobs_state", "scan_jobs", ["state", sa.text("time DESC"), "id"])
    places = op.create_table(
        "scan_places", _id(), sa.Column("node_id", sa.Text, primary_key=True), _text("kind"), _document("doc")
    )
    return jobs, places


def _registries() -> None:
    op.create_table("image_aliases", _id(), sa.Column("image_digest", sa.Text, primary_key=True))
    op.create_index("ix_image_aliases_image_digest", "image_aliases", ["image_digest", "id"])
    op.create_table("registries", _id(), _number("next"), _document("doc"), _document("state"))
    op.create_table(
        "registry_tags",
        _id(),
        _number("time"),
        _text("kind"),
        _text("image_digest"),
        _text("state"),
        _text("search"),
        _document("doc"),
    )
    op.create_index("ix_registry_tags_time", "registry_tags", [sa.text("time DESC"), "id"])
    op.create_index("ix_registry_tags_kind", "registry_tags", ["kind", sa.text("time DESC"), "id"])
    op.create_index("ix_registry_tags_image_digest", "registry_tags", ["image_digest", sa.text("time DESC"), "id"])
    op.create_table("registry_calls", _id(), _text("registry"), _number("not_before"), _document("doc"))
    op.create_index("ix_registry_calls_registry", "registry_calls", ["registry", "not_before", "id"])


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _document(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)
