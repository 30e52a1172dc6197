"""Rows to search packages, vulnerabilities and images by, and exceptions. Frozen, as every step.

The new tables are filled from the documents by whoever opens the store next: the counter 'derive' asks for it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables; nothing that was there changes."""
    op.create_index("ix_findings_image_kind_severity", "findings", ["image_digest", "kind", "severity"])
    _places()
    _packages()
    _vulnerabilities()
    op.create_table("running", _id(), _text("image_digest"))
    op.create_index("ix_running_image_digest", "running", ["image_digest", "id"])
    op.create_table("exemptions", _id(), _number("expires"), _document())
    op.execute("INSERT INTO counters (id, value) VALUES ('derive', 1)")


def _places() -> None:
    op.create_table(
        "places",
        _id(),
        _number("number"),
        _text("kind"),
        _number("time"),
        _small("severity"),
        _number("rank"),
        _text("state"),
        _text("search"),
        _text("layers"),
        _document(),
    )
    newest: list[str | sa.TextClause] = [sa.text("time DESC"), "id"]
    op.create_index("ix_places_number", "places", ["number"], unique=True)
    op.create_index("ix_places_time", "places", ["kind", *newest])
    op.create_index("ix_places_rank", "places", ["kind", sa.text("rank DESC"), *newest])


def _packages() -> None:
    texts = ("key", "name", "version", "type", "purl", "licence", "folded", "search")
    op.create_table("packages", _key("id"), *map(_text, texts), _number("places"))
    op.create_index("ix_packages_key", "packages", ["key"], unique=True)
    op.create_index("ix_packages_name", "packages", ["name", "version", "id", "search", "places"])
    op.create_index("ix_packages_folded", "packages", ["folded"])
    op.create_table(
        "package_places",
        _key("package"),
        _key("place"),
        sa.Column("path", sa.Text, primary_key=True),
        _number("layer"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_package_places_place", "package_places", ["place", "package"])


def _vulnerabilities() -> None:
    figures = ("severity", "priority", "exploited", "probability", "fixed", "first_seen")
    op.create_table("vulnerable", _id(), _text("vulnerability"), _number("place"), _text("package"), *map(_number, figures))
    op.create_index("ix_vulnerable_vulnerability", "vulnerable", ["vulnerability", "place"])
    op.create_index("ix_vulnerable_place", "vulnerable", ["place", "vulnerability"])
    op.create_table(
        "vulnerabilities",
        _id(),
        _number("time"),
        _small("severity"),
        _number("rank"),
        _small("exploited"),
        _small("fixed"),
        _text("search"),
        _document(),
    )
    op.create_index("ix_vulnerabilities_rank", "vulnerabilities", [sa.text("rank DESC"), sa.text("time DESC"), "id"])


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.Text, primary_key=True)


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _small(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _document() -> sa.Column[bytes]:
    return sa.Column("doc", sa.LargeBinary, nullable=False)
