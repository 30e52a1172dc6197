"""Which assets, images and nodes are in a part, asked by name. What that means in SQL is in `reach.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.family import chunks
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import Reaches, assets_within, digests_within, marked, visible


class SqlReach(Part):
    """`ports.reach.ReachStore`."""

    def assets_covered(self, within: Reaches, asset_ids: Iterable[str]) -> frozenset[str]:
        """Those of these assets that are in a part, images of its containers among them."""
        names = {plain(name): name for name in asset_ids if name}
        shown = visible("asset", schema.assets, within)
        found: set[str] = set()
        with self._database.reading() as connection:
            for some in chunks(names):
                rows = connection.execute(select(schema.assets.c.id).where(schema.assets.c.id.in_(some), shown))
                found.update(names[name] for name in rows.scalars())
        return frozenset(found)

    def subjects_covered(self, within: Reaches, limit: int) -> tuple[Collection[str], bool]:
        """Ids of the assets in a part, at most `limit`; and whether there are more."""
        wanted = assets_within(within)
        if wanted is None:
            return (), False
        with self._database.reading() as connection:
            found = list(connection.execute(wanted.limit(limit + 1)).scalars())
        return found[:limit], len(found) > limit

    def digests_covered(self, within: Reaches, digests: Iterable[str]) -> frozenset[str]:
        """Those of these digests that name an image in a part."""
        wanted = digests_within(within)
        names = {plain(name): name for name in digests if name}
        if wanted is None or not names:
            return frozenset()
        every = wanted.subquery()
        found: set[str] = set()
        with self._database.reading() as connection:
            for some in chunks(names):
                chosen = select(every.c.digest).where(every.c.digest.in_(some))
                found.update(names[name] for name in connection.execute(chosen).scalars())
        return frozenset(found)

    def nodes_covered(self, within: Reaches) -> frozenset[str]:
        """Ids of nodes on which a container in a part is."""
        own = marked(within)
        if own is None:
            return frozenset()
        columns = schema.assets.c
        with self._database.reading() as connection:
            return frozenset(connection.execute(select(columns.node_id).where(own, columns.node_id != "").distinct()).scalars())
