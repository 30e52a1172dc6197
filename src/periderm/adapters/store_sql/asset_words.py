"""The names by which assets are searched and completed, kept as assets change. Folded in case; long ones are cut."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, insert, or_, select

from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.schema_search import asset_words
from periderm.model.asset import Asset, Container, Image, Node, Workload

LONGEST = 500
MOST = 64  # words of one asset
GREATEST = "\U0010ffff"
NAMED = ("container", "node", "image", "workload", "process", "user")


def folded(text: str) -> str:
    """As words are stored."""
    return plain(text).casefold()[:LONGEST]


def words_of(asset: Asset) -> set[tuple[str, str]]:
    """(field, value) of an asset."""
    kind = str(asset.__struct_config__.tag)
    told = [(kind, asset.name)]
    match asset:
        case Node():
            told.append((kind, asset.hostname))
        case Image():
            told += [(kind, asset.digest), *((kind, reference) for reference in asset.references)]
        case Container():
            told += [("image", asset.image_name), ("image", asset.image_digest)]
        case Workload():
            told.append(("image", asset.image_name))
        case _:
            pass
    owned = asset.ownership
    told += [("owner", owned.owner), ("application", owned.application), ("environment", owned.environment)]
    told.append(("grade", owned.grade.value))
    told += [("label", f"{key}={value}") for key, value in asset.labels.items()]
    return {(field, folded(value)) for field, value in told[:MOST] if value}


def put_words(connection: Connection, assets: Mapping[str, Asset]) -> None:
    """The words of these assets, by their ids as they are stored, are as they are now."""
    columns = asset_words.c
    there: dict[str, set[tuple[str, str]]] = {name: set() for name in assets}
    for some in chunks(there):
        for row in connection.execute(select(columns.id, columns.field, columns.value).where(columns.id.in_(some))):
            there[row.id].add((row.field, row.value))
    wanted = {name: words_of(asset) for name, asset in assets.items()}
    changed = [name for name in wanted if wanted[name] != there[name]]
    if not changed:
        return
    connection.execute(delete(asset_words).where(columns.id == bindparam("_id")), [{"_id": name} for name in changed])
    rows = [{"id": name, "field": field, "value": value} for name in changed for field, value in sorted(wanted[name])]
    if rows:
        connection.execute(insert(asset_words), rows)


def named(column: ColumnElement[str], value: str) -> ColumnElement[bool]:
    """Whether a folded column is this value, in which '*' stands for anything. A beginning without stars is a range, so that
    an index serves it."""
    low = folded(value)
    if "*" not in low:
        return column == low
    beginning = low.partition("*")[0]
    pattern = "%".join(part.replace("/", "//").replace("%", "/%").replace("_", "/_") for part in low.split("*"))
    like = column.like(pattern, escape="/")
    return like if not beginning else (column >= beginning) & (column < beginning + GREATEST) & like


def assets_named(field: str, values: tuple[str, ...]) -> Select[str]:
    """Ids of assets with one of these words; 'asset' is the name of any kind."""
    columns = asset_words.c
    fields = NAMED if field == "asset" else (field,)
    return select(columns.id).where(columns.field.in_(fields), or_(*(named(columns.value, value) for value in values)))
