"""Whether a container runs of an image, as a condition in SQL."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select

from periderm.adapters.store_sql import schema


def is_running(image_digest: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a container runs of the image in this column, by whichever of its digests."""
    columns, aliases = schema.running.c, schema.image_aliases.c
    named = select(aliases.image_digest).where(aliases.id == columns.image_digest)
    return and_(image_digest != "", or_(image_digest.in_(select(columns.image_digest)), image_digest.in_(named)))
