"""Baselines by workload: a summary for lists, the whole compressed beside it, and the last few changes that nodes must learn.

Each put merges. Judges nothing, and decides nothing: it also keeps which alerts a person's decision dealt with, to count those
that wait.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, exists, func, insert, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.part import Part
from periderm.model.baseline import Baseline, Verdict, digest, merge
from periderm.model.baseline_news import BaselineNews, novelty
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.behaviour import DIMENSION_OF
from periderm.model.deviation import PREFIX
from periderm.model.errors import StoreError
from periderm.model.query import Page, Query
from periderm.ports.baselines import MOST_ENTRIES

NEWS_KEPT = 64  # changes of one workload; a node that was away for more gets the whole
_LEVEL = 3
_LARGEST = 64 << 20  # bytes of a baseline, inflated
_decoder = msgspec.msgpack.Decoder(Baseline)

BASELINES: Family[BaselineSummary] = Family(
    what="baseline",
    table=schema.baselines,
    decoder=msgspec.msgpack.Decoder(BaselineSummary),
    key=lambda summary: summary.workload_id,
    columns=lambda summary: {
        "time": summary.changed * 10**9,
        "state": summary.phase.value,
        "search": searchable(summary.name, summary.workload_id),
    },
)


class SqlBaselines(Part):
    """`ports.baselines.BaselineStore`."""

    def put_baselines(self, baselines: Iterable[Baseline]) -> Sequence[str]:
        """Each is merged with what is there; gives the ids of those that are full."""
        several: dict[str, Baseline] = {}
        full: list[str] = []
        for baseline in map(clean, baselines):
            there = several.get(baseline.workload_id)
            several[baseline.workload_id] = baseline if there is None else merge(there, baseline)
        with self._database.writing() as transaction:
            for name, given in several.items():
                old, version = _read(transaction.connection, name)
                new = given if old is None else merge(old, given)
                if len(new.entries) > MOST_ENTRIES:
                    full.append(name)
                    new = _shortened(new, old)
                if new != old:
                    _write(transaction, new, old, version)
        return full

    def replace_baseline(self, baseline: Baseline) -> None:
        """In place of what is there; nodes get the whole."""
        baseline = clean(baseline)
        with self._database.writing() as transaction:
            old, _ = _read(transaction.connection, baseline.workload_id)
            if old == baseline:
                return
            _end_news(transaction.connection, baseline.workload_id)
            _write(transaction, baseline, None, digest(old) if old else "")

    def remove_baseline(self, workload_id: str) -> bool:
        """False if there was none."""
        name = plain(workload_id)
        with self._database.writing() as transaction:
            there = transaction.connection.execute(delete(schema.baseline_bodies).where(schema.baseline_bodies.c.id == name))
            _end_news(transaction.connection, name)
            BASELINES.remove(transaction, [name])
            return bool(there.rowcount)

    def baseline(self, workload_id: str) -> Baseline | None:
        """The whole of it."""
        with self._database.reading() as connection:
            return _read(connection, plain(workload_id))[0]

    def baselines(self, query: Query) -> Page[BaselineSummary]:
        """A page of summaries, the latest changed first, with how many alerts wait for review."""
        page = self._page(BASELINES, query)
        waiting = self._waiting([each.workload_id for each in page.items])
        items = tuple(msgspec.structs.replace(each, alerts=waiting.get(each.workload_id, 0)) for each in page.items)
        return Page(items, page.next_cursor, page.total)

    def baseline_digests(self, workload_ids: Sequence[str]) -> Mapping[str, str]:
        """Of those that are there."""
        columns = schema.baseline_bodies.c
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for some in chunks([plain(name) for name in workload_ids]):
                rows = connection.execute(select(columns.id, columns.digest).where(columns.id.in_(some)))
                found.update((row.id, row.digest) for row in rows)
        return found

    def baseline_news(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        """What came after the versions that are known."""
        columns = schema.baseline_bodies.c
        named = {plain(name): version for name, version in known.items()}
        news: list[BaselineNews] = []
        with self._database.reading() as connection:
            for some in chunks(named):
                rows = connection.execute(select(columns.id, columns.version).where(columns.id.in_(some)).order_by(columns.id))
                for name, version in rows.all():
                    if named[name] != version:
                        news.append(_since(connection, name, named[name], version))
        return news

    def _waiting(self, names: Sequence[str]) -> dict[str, int]:
        """How many deviations of each workload nobody has dealt with."""
        alerts, done = schema.alerts.c, schema.baseline_reviews.c
        found: dict[str, int] = {}
        with self._database.reading() as connection:
            for some in chunks(names):
                wanted = select(alerts.workload_id, func.count()).where(
                    alerts.workload_id.in_(some),
                    alerts.detector.startswith(PREFIX),
                    ~exists().where(done.id == alerts.id, done.until >= alerts.time),
                )
                found.update((row[0], row[1]) for row in connection.execute(wanted.group_by(alerts.workload_id)))
        return found


def summary(baseline: Baseline) -> BaselineSummary:
    """A baseline without its entries."""
    replicas = 0
    entries: dict[str, int] = {}
    for aspect, several in itertools.groupby(baseline.entries, key=lambda entry: entry.behaviour.aspect):  # they are sorted
        count = 0
        for count, entry in enumerate(several, 1):  # noqa: B007 -- the last count is used
            replicas |= entry.evidence.replicas
        dimension = DIMENSION_OF[aspect].value
        entries[dimension] = entries.get(dimension, 0) + count
    return BaselineSummary(
        workload_id=baseline.workload_id,
        name=baseline.name,
        phase=baseline.phase,
        digest=digest(baseline),
        entries=dict(sorted(entries.items())),
        decisions=len(baseline.decisions),
        replicas=replicas.bit_count(),
        observed=sum(baseline.observed.values()),
        since=baseline.since,
        settled=baseline.settled,
        newest=baseline.newest,
        changed=baseline.changed,
    )


def _read(connection: Connection, name: str) -> tuple[Baseline | None, str]:
    columns = schema.baseline_bodies.c
    row = connection.execute(select(columns.doc, columns.version).where(columns.id == name)).first()
    return (None, "") if row is None else (_inflate(row.doc), row.version)


def _write(transaction: Transaction, new: Baseline, old: Baseline | None, version: str) -> None:
    """`version` was that of `old`; the next one follows from it and what is told, so that no two histories share one."""
    connection, name = transaction.connection, plain(new.workload_id)
    told = novelty(old, new)
    if told is not None:
        doc = _deflate(told)
        version = hashlib.blake2b(version.encode() + doc, digest_size=12).hexdigest()
        _tell(connection, name, version, doc if old else b"")  # the first is only a place to count from
    brief = summary(new)
    BASELINES.put(transaction, [brief], lambda _old, later: later, tells=lambda _old, _new: told is not None)
    connection.execute(delete(schema.baseline_bodies).where(schema.baseline_bodies.c.id == name))
    row = {"id": name, "digest": brief.digest, "version": version, "doc": _deflate(new)}
    connection.execute(insert(schema.baseline_bodies), [row])
    _review(connection, old, new)


def _shortened(new: Baseline, old: Baseline | None) -> Baseline:
    """What was there stays; of what is new only as much as fits."""
    there = {entry.behaviour for entry in old.entries} if old else set()
    room = MOST_ENTRIES - len(there)
    fresh = [entry for entry in new.entries if entry.behaviour not in there][: max(0, room)]
    kept = [entry for entry in new.entries if entry.behaviour in there]
    entries = tuple(sorted((*kept, *fresh), key=lambda entry: entry.behaviour))
    return msgspec.structs.replace(new, entries=entries)


def _tell(connection: Connection, name: str, version: str, doc: bytes) -> None:
    table = schema.baseline_news
    last = connection.execute(select(func.max(table.c.sequence)).where(table.c.workload_id == name)).scalar() or 0
    row = {"workload_id": name, "sequence": bounded(last + 1), "version": version, "doc": doc}
    connection.execute(insert(table), [row])
    connection.execute(delete(table).where(table.c.workload_id == name, table.c.sequence <= last + 1 - NEWS_KEPT))


def _since(connection: Connection, name: str, known: str, version: str) -> BaselineNews:
    """The changes after a version, merged, or the whole baseline."""
    columns = schema.baseline_news.c
    mine = select(columns.sequence).where(columns.workload_id == name, columns.version == known)
    at = connection.execute(mine).scalar() if known else None
    if at is None:
        whole, _ = _read(connection, name)
        assert whole is not None  # noqa: S101 -- its version was read in the same state of the tables
        return BaselineNews(baseline=whole, version=version, whole=True)
    later = select(columns.doc).where(columns.workload_id == name, columns.sequence > at).order_by(columns.sequence)
    changes = [_inflate(doc) for doc in connection.execute(later).scalars()]
    return BaselineNews(baseline=functools.reduce(merge, changes), version=version)


def _end_news(connection: Connection, name: str) -> None:
    connection.execute(delete(schema.baseline_news).where(schema.baseline_news.c.workload_id == plain(name)))


def _review(connection: Connection, old: Baseline | None, new: Baseline) -> None:
    """Notes which alerts decisions that are new dealt with; an undo takes that back."""
    before = {decision.id for decision in old.decisions} if old else set()
    columns = schema.baseline_reviews.c
    for decision in new.decisions:
        if decision.id in before:
            continue
        if decision.verdict is Verdict.UNDO:
            connection.execute(delete(schema.baseline_reviews).where(columns.decision == plain(decision.undoes)))
        names = {plain(name) for name in decision.alerts}
        for some in chunks(sorted(names)):
            connection.execute(delete(schema.baseline_reviews).where(columns.id.in_(some)))
            until = decision.time if decision.verdict is Verdict.REJECT else 2**63 - 1
            rows: list[dict[str, Any]] = [
                {"id": name, "decision": plain(decision.id), "until": bounded(until)} for name in some
            ]
            connection.execute(insert(schema.baseline_reviews), rows)


def _deflate(baseline: Baseline) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=_LEVEL).compress(encode(baseline))


def _inflate(doc: bytes) -> Baseline:
    import zstandard

    try:
        return decode(zstandard.ZstdDecompressor().decompress(doc, max_output_size=_LARGEST), _decoder)
    except zstandard.ZstdError as error:
        raise StoreError(f"A stored baseline is damaged: {error}.", "Put back a copy of the store.") from error
