"""Fetches tables of owners that lie elsewhere, when it is time, and tells all assets. A table that cannot be fetched stays as
it was, and that is a coverage gap. Knows no medium."""

from __future__ import annotations

import hashlib
import logging
import threading

import msgspec

from periderm.correlate.coverage import gap_id
from periderm.correlate.owning import Owners
from periderm.flow.own_assets import Owned, own_assets
from periderm.formats.owner_table import parse
from periderm.model.errors import PeridermError, StoreError, UsageError
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.owner_table import OwnerRow, OwnerSource, OwnerTable
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.owner_documents import OwnerDocuments
from periderm.ports.store import Store

SECOND = 10**9
PERIOD_SECONDS = 5.0
RETRY_SECONDS = 300  # what failed is tried again so soon, or when it is due if that is sooner
MOST_PATTERNS = 5_000
_LONGEST_FAILURE = 500
_SILENT = Text(
    "The table of owners {name} cannot be fetched: {why}. What it said before holds; what is new may have no owner.",
    "无法获取归属表 {name}：{why}。此前的内容继续有效，新资产可能没有负责人。",
)
_STEP = Text(
    "Try it: `periderm owners fetch {name}`; look at its address, token and network with `periderm owners`.",
    "可用 `periderm owners fetch {name}` 重试；用 `periderm owners` 查看其地址、令牌与网络。",
)
log = logging.getLogger(__name__)


def checked(tables: list[OwnerTable]) -> Owners:
    """The tables, ready to be asked. Raises UsageError if every asset would have to be held against too many rows."""
    owners = Owners(tables)
    if owners.patterns > MOST_PATTERNS:
        raise UsageError(
            f"{owners.patterns} rows have no whole name, at most {MOST_PATTERNS} may.",
            "Write names, images or hosts whole, or fewer patterns that stand for more.",
        )
    return owners


def due(source: OwnerSource, now: int) -> bool:
    """Whether it is time to ask."""
    after = min(source.every, RETRY_SECONDS) if source.failing else source.every
    return now < source.tried or now - source.tried >= after * SECOND  # a clock that went back waits for nothing


def table_asset(name: str) -> str:
    """What the gap of a table is about."""
    return stable_id("owner-table", name)


class FetchOwners:
    """One thread uses it."""

    def __init__(self, store: Store, clock: Clock, documents: OwnerDocuments) -> None:
        self._store = store
        self._clock = clock
        self._documents = documents

    def step(self) -> int:
        """Fetches what is due; how many were asked for. Raises StoreError."""
        now = self._clock.now()
        # Without their rows, of which there may be hundreds of thousands: only what is due is read whole.
        waiting = [head.id for head in self._store.owner_heads() if head.fetch is not None and due(head.fetch, now)]
        for name in waiting:
            table = self._store.owner_table(name)
            if table is None or table.fetch is None:
                continue  # it was removed meanwhile
            try:
                self.fetch(table)
            except StoreError:
                raise
            except PeridermError as error:
                log.warning("the table of owners %s: %s", table.id, error)
        return len(waiting)

    def fetch(self, table: OwnerTable) -> Owned | None:
        """Asks for one table now; what became of the assets, None if it is as it was. Raises PeridermError, which is noted in
        the table."""
        source = table.fetch
        if source is None:
            raise UsageError(f"The table {table.id!r} is not fetched from anywhere.", "Import it again from an https address.")
        now = self._clock.now()
        try:
            document = self._documents.fetch(source)
            rows = parse(document.data, source.columns) if document is not None else table.rows
            others = [each for each in self._store.owner_tables() if each.id != table.id]
            new = msgspec.structs.replace(table, rows=rows, imported=now if rows != table.rows else table.imported)
            owners = checked([*others, new])
        except StoreError:
            raise
        except PeridermError as error:
            self._failed(table, source, error.what, now)
            raise
        etag = document.etag if document is not None else source.etag
        good = msgspec.structs.replace(source, etag=etag, tried=now, good=now, failing=0, failure="")
        self._put(table, msgspec.structs.replace(new, fetch=good))
        self._store.close_gap(gap_id(GapKind.OWNERS_OLD, table_asset(table.id)))
        return own_assets(self._store, owners, now) if document is not None else None

    def _failed(self, table: OwnerTable, source: OwnerSource, why: str, now: int) -> None:
        failing = source.failing or now
        tried = msgspec.structs.replace(source, tried=now, failing=failing, failure=why[:_LONGEST_FAILURE])
        gap = CoverageGap(
            id=gap_id(GapKind.OWNERS_OLD, table_asset(table.id)),
            kind=GapKind.OWNERS_OLD,
            asset_id=table_asset(table.id),
            message=_SILENT.fill(name=table.id, why=why.rstrip(".")),
            next_step=_STEP.fill(name=table.id),
            count=1,
            since=failing,
            until=now,
            detail=table.id,
        )
        with self._store.transaction():
            self._put(table, msgspec.structs.replace(table, fetch=tried))
            self._store.put_gaps([gap])

    def _put(self, before: OwnerTable, after: OwnerTable) -> None:
        """Unless somebody removed it, or fetches it from elsewhere, meanwhile."""
        with self._store.transaction():
            now = self._store.owner_table(before.id)
            if now is not None and now.fetch is not None and before.fetch is not None and _same(now.fetch, before.fetch):
                self._store.put_owner_table(after)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        said = ""
        while not stop.is_set():
            try:
                self.step()
                said = ""
            except StoreError as error:
                if str(error) != said:
                    said = str(error)
                    log.error("tables of owners are not fetched: %s", error)
            stop.wait(PERIOD_SECONDS)


def _same(one: OwnerSource, other: OwnerSource) -> bool:
    return (one.address, one.columns, one.token) == (other.address, other.columns, other.token)


def digest_of(rows: tuple[OwnerRow, ...]) -> str:
    """Names a state of rows, so that what was shown before is what is changed."""
    return hashlib.sha256(msgspec.msgpack.encode(rows)).hexdigest()[:16]
