"""What a caller whose rights hold for a part may see: rows of each family as conditions in SQL, from the marks of assets.

An asset is in a part if its own application, environment and labels are; a workload also if one of its containers is; an image
also if one of those containers runs from it. A family that is not named here shows nothing: forgetting one must not show all.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Select, Table, bindparam, delete, false, insert, or_, select, union

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.schema_people import asset_marks
from periderm.model.asset import Asset
from periderm.model.principal import Reach

Reaches = tuple[Reach, ...]
LONGEST = 1_000  # characters of a mark or its value


def marks_of(asset: Asset) -> dict[str, str]:
    """By mark, what it is."""
    own = {"application": asset.ownership.application, "environment": asset.ownership.environment}
    labels = {f"label:{key}": value for key, value in asset.labels.items()}
    return {plain(mark)[:LONGEST]: plain(value)[:LONGEST] for mark, value in (own | labels).items() if value}


def put_marks(connection: Connection, assets: Mapping[str, Asset]) -> None:
    """The marks of these assets, by their ids as they are stored, are as they are now."""
    columns = asset_marks.c
    there: dict[str, dict[str, str]] = {name: {} for name in assets}
    for some in chunks(there):
        for row in connection.execute(select(columns.id, columns.mark, columns.value).where(columns.id.in_(some))):
            there[row.id][row.mark] = row.value
    wanted = {name: marks_of(asset) for name, asset in assets.items()}
    changed = [name for name in wanted if wanted[name] != there[name]]
    if not changed:
        return
    connection.execute(delete(asset_marks).where(columns.id == bindparam("_id")), [{"_id": name} for name in changed])
    rows = [{"id": name, "mark": mark, "value": value} for name in changed for mark, value in wanted[name].items()]
    if rows:
        connection.execute(insert(asset_marks), rows)


def marked(reaches: Reaches) -> ColumnElement[bool] | None:
    """Rows of `assets` that are in any of these parts themselves; None for none."""
    parts: list[ColumnElement[bool]] = []
    for reach in reaches:
        named = {"application": reach.application, "environment": reach.environment}
        named |= {f"label:{key}": value for key, value in reach.labels}
        all_of = [_with(plain(mark)[:LONGEST], plain(value)[:LONGEST]) for mark, value in named.items() if value]
        if all_of:
            both = all_of[0]
            for one in all_of[1:]:
                both &= one
            parts.append(both)
    return or_(*parts) if parts else None


def _with(mark: str, value: str) -> ColumnElement[bool]:
    columns = asset_marks.c
    return schema.assets.c.id.in_(select(columns.id).where(columns.mark == mark, columns.value == value))


def assets_within(reaches: Reaches) -> Select[str] | None:
    """Ids of assets: those in a part, and the workloads of containers in one."""
    own = marked(reaches)
    if own is None:
        return None
    columns = schema.assets.c
    workloads = select(columns.workload_id).where(own, columns.kind == "container", columns.workload_id != "")
    both = union(select(columns.id.label("id")).where(own), workloads).subquery()
    return select(both.c.id)


def digests_within(reaches: Reaches) -> Select[str] | None:
    """Digests of images in a part, or from which a container in one runs; also by the other names of an image."""
    own = marked(reaches)
    if own is None:
        return None
    columns, aliases = schema.assets.c, schema.image_aliases.c
    told = select(columns.image_digest.label("digest")).where(own, columns.image_digest != "")
    named = select(schema.running.c.image_digest).where(
        schema.running.c.id.in_(select(columns.id).where(own)), schema.running.c.image_digest != ""
    )
    first = union(told, named).subquery()
    other = select(aliases.image_digest).where(aliases.id.in_(select(first.c.digest)))
    every = union(select(first.c.digest.label("digest")), other).subquery()
    return select(every.c.digest)


def visible(what: str, table: Table, reaches: Reaches) -> ColumnElement[bool]:
    """Rows of a family that are in any of these parts."""
    assets, digests = assets_within(reaches), digests_within(reaches)
    if assets is None or digests is None:
        return false()
    images = select(schema.assets.c.id).where(schema.assets.c.kind == "image", schema.assets.c.image_digest.in_(digests))
    name = {"asset": "id", "scan": "id", "image": "id", "baseline": "id", "vulnerability": "id"}.get(what, "asset_id")
    shown: dict[str, tuple[Select[str], ...]] = {
        "asset": (assets, images),
        "finding": (assets, images),
        "alert": (assets,),
        "incident": (assets,),
        "effect": (assets,),
        "gap": (assets, images),
        "handling": (assets, images),
        "scan": (digests,),
        "image": (digests,),
        "baseline": (assets,),
        "vulnerability": (_vulnerabilities(reaches),),
    }
    if what not in shown:
        return false()
    found = or_(*(table.c[name].in_(some) for some in shown[what]))
    return found | table.c.image_digest.in_(digests) if what == "finding" else found


def _vulnerabilities(reaches: Reaches) -> Select[str]:
    rows = schema.vulnerable.c
    return select(rows.vulnerability).where(rows.place.in_(places_within(reaches)))


def places_within(reaches: Reaches) -> Select[int]:
    """Numbers of places: images, and hosts, in a part."""
    columns = schema.places.c
    assets, digests = assets_within(reaches), digests_within(reaches)
    if assets is None or digests is None:
        return select(columns.number).where(false())
    return select(columns.number).where(columns.id.in_(digests) | columns.id.in_(assets))
