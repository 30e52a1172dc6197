"""Which images wait for a scan, who holds one, until when, and what became of it. Decides nothing about trying again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family
from periderm.adapters.store_sql.part import Part
from periderm.model.envelope import ScanRequest
from periderm.model.query import Page, Query
from periderm.model.queue import PRIORITY, JobState, QueueState, ScanJob

REGISTRY = "registry"  # the kind of source that needs a registry, and perhaps credentials
_SECONDS = 1 << 40

_requests = msgspec.msgpack.Decoder(ScanRequest)


def _columns(job: ScanJob) -> Mapping[str, object]:
    priority = PRIORITY[job.asked]
    seconds = max(0, min(job.requested // 10**9, _SECONDS - 1))
    return {
        "time": job.requested,
        "state": job.state.value,
        "priority": priority,
        "rank": (8 - priority) * _SECONDS + _SECONDS - 1 - seconds,
        "worker": job.worker,
        "lease_until": job.lease_until,
        "not_before": job.not_before,
        "search": searchable(job.reference, job.image_digest, job.asked_by, job.problem),
    }


JOBS: Family[ScanJob] = Family(
    what="scan",
    table=schema.scan_jobs,
    decoder=msgspec.msgpack.Decoder(ScanJob),
    key=lambda job: job.image_digest,
    columns=_columns,
    aliases={"image_digest": "id"},
    rank="rank",
)


def end_job(transaction: Transaction, name: str, failure: str) -> None:
    """The job of this image is done; or, if that failed, given up for this reason."""
    found = JOBS.get(transaction.connection, name)
    if found is None:
        return
    if failure:
        _put(transaction, msgspec.structs.replace(free(found), state=JobState.GIVEN_UP, problem=failure, not_before=0))
        return
    _remove(transaction.connection, name)


def free(job: ScanJob) -> ScanJob:
    """Nobody holds it."""
    return msgspec.structs.replace(job, worker="", lease_until=0, taken=0, doing="", done=-1.0)


class SqlScanQueue(Part):
    """`ports.store.QueueStore`."""

    def put_scan_request(self, request: ScanRequest, *, again: bool = False) -> bool:
        """False if this image already waits or is being scanned, or (unless `again`) was scanned or given up. What is asked
        for more urgently moves ahead, and each place where it can be read is kept."""
        request = clean(request)
        name = plain(request.image_digest)
        with self._database.writing() as transaction:
            job = JOBS.get(transaction.connection, name)
            held = job is not None and job.state is not JobState.GIVEN_UP
            if job is not None and held:
                self._add(transaction, job, request)
                return False
            if not again and (job is not None or _was_scanned(transaction.connection, name)):
                return False
            _remove(transaction.connection, name)
            _put_place(transaction.connection, name, request)
            shared = set(ScanRequest.__struct_fields__) & set(ScanJob.__struct_fields__)
            _put(transaction, ScanJob(**{field: getattr(request, field) for field in shared}))
            return True

    def _add(self, transaction: Transaction, job: ScanJob, request: ScanRequest) -> None:
        if _put_place(transaction.connection, plain(job.image_digest), request):
            transaction.tell(JOBS.what, plain(job.image_digest))  # a worker that could not read it may now
        if PRIORITY[request.asked] < PRIORITY[job.asked]:
            _put(transaction, msgspec.structs.replace(job, asked=request.asked, asked_by=request.asked_by))

    def take_scan(
        self,
        worker: str,
        lease_until: int,
        now: int,
        *,
        node_id: str = "",
        registries: bool = True,
        most_deaths: int = 0,
    ) -> ScanRequest | None:
        """The most urgent and oldest that nobody holds (or whose lease is over), and that can be read on `node_id` ('' is
        anywhere), with a registry only if `registries`; now held by `worker`. With `most_deaths` those that would have cost
        as many workers are left alone."""
        columns = schema.scan_jobs.c
        where = [_free(now), _readable(node_id, registries)]
        oldest = select(columns.id).where(*where).order_by(columns.priority, columns.time, columns.id)
        with self._database.reading() as connection:  # workers ask often: do not take the write lock for nothing
            if connection.execute(oldest.limit(1)).first() is None:
                return None
        with self._database.writing() as transaction:
            for name in transaction.connection.execute(oldest.limit(100)).scalars().all():
                job = JOBS.get(transaction.connection, name)
                if job is None:
                    continue
                deaths = job.deaths + (1 if job.worker else 0)
                if most_deaths and deaths >= most_deaths:
                    continue
                taken = msgspec.structs.replace(
                    free(job),
                    state=JobState.RUNNING,
                    worker=worker,
                    lease_until=lease_until,
                    attempts=job.attempts + 1,
                    deaths=deaths,
                    taken=now,
                    not_before=0,
                )
                _put(transaction, taken)
                return _place(transaction.connection, name, node_id, registries)
            return None

    def renew_scan(self, image_digest: str, worker: str, lease_until: int, *, doing: str = "", done: float = -1.0) -> bool:
        """False if `worker` does not hold it (any more). Its progress is kept; nobody is told of it."""
        name = plain(image_digest)
        with self._database.writing() as transaction:
            job = JOBS.get(transaction.connection, name)
            if job is None or job.state is not JobState.RUNNING or job.worker != plain(worker):
                return False
            renewed = msgspec.structs.replace(job, lease_until=max(lease_until, job.lease_until), doing=doing, done=done)
            JOBS.put(transaction, [renewed], lambda _old, new: new, tells=lambda _old, _new: False)
            return True

    def put_back_scan(self, image_digest: str, *, worker: str = "", not_before: int = 0, problem: str = "") -> bool:
        """It waits again, if it is there and (where one is named) `worker` holds it: with a `problem` as one that failed, else
        as if nobody had taken it."""
        with self._database.writing() as transaction:
            job = JOBS.get(transaction.connection, plain(image_digest))
            if job is None or (worker and job.worker != plain(worker)):
                return False
            state = JobState.RETRYING if problem else JobState.WAITING
            attempts = job.attempts if problem else max(0, job.attempts - 1)
            back = msgspec.structs.replace(free(job), state=state, not_before=not_before, problem=problem, attempts=attempts)
            _put(transaction, back)
            return True

    def give_up_scan(self, image_digest: str, problem: str, *, deaths: int = -1) -> bool:
        """Nobody takes it any more until a person asks again. False if it is not in the queue."""
        with self._database.writing() as transaction:
            job = JOBS.get(transaction.connection, plain(image_digest))
            if job is None:
                return False
            given = msgspec.structs.replace(free(job), state=JobState.GIVEN_UP, problem=problem, not_before=0)
            _put(transaction, msgspec.structs.replace(given, deaths=deaths if deaths >= 0 else job.deaths))
            return True

    def cancel_scan(self, image_digest: str) -> bool:
        """It is in the queue no more; who holds it learns that when it renews. False if it was not there."""
        name = plain(image_digest)
        with self._database.writing() as transaction:
            if JOBS.get(transaction.connection, name) is None:
                return False
            _remove(transaction.connection, name)
            transaction.tell("scan", name)
            return True

    def retry_scan(self, image_digest: str, asked_by: str) -> bool:
        """It waits again with all its attempts, asked for by a person. False unless it was tried before and is not held."""
        with self._database.writing() as transaction:
            job = JOBS.get(transaction.connection, plain(image_digest))
            if job is None or job.state not in (JobState.GIVEN_UP, JobState.RETRYING):
                return False
            fresh = msgspec.structs.replace(free(job), state=JobState.WAITING, not_before=0, attempts=0, deaths=0)
            _put(transaction, msgspec.structs.replace(fresh, asked_by=asked_by))
            return True

    def scan_job(self, image_digest: str) -> ScanJob | None:
        """The job of one image; None if it is not in the queue."""
        return self._get(JOBS, image_digest)

    def scan_jobs(self, query: Query) -> Page[ScanJob]:
        """A page of jobs, newest first, or with the order 'severity' as they will be taken."""
        return self._page(JOBS, query)

    def lost_scans(self, now: int) -> Sequence[ScanJob]:
        """Jobs whose worker did not renew its lease in time; at most 100."""
        columns = schema.scan_jobs.c
        late = select(columns.doc).where(columns.worker != "", columns.lease_until <= bounded(now)).limit(100)
        with self._database.reading() as connection:
            return [decode(row, JOBS.decoder) for row in connection.execute(late).scalars()]

    def queue_state(self) -> QueueState:
        """How much waits, and since when."""
        columns = schema.scan_jobs.c
        waits = columns.state.in_((JobState.WAITING.value, JobState.RETRYING.value))
        with self._database.reading() as connection:
            rows = connection.execute(select(columns.state, func.count()).group_by(columns.state))
            counts: dict[str, int] = {row[0]: row[1] for row in rows}
            oldest = connection.execute(select(func.min(columns.time)).where(waits)).scalar()
        named = {state.name.lower(): counts.get(state.value, 0) for state in JobState}
        return QueueState(**named, oldest=oldest or 0)


def _free(now: int) -> ColumnElement[bool]:
    columns = schema.scan_jobs.c
    mine = and_(columns.worker == "", columns.not_before <= bounded(now))
    late = and_(columns.worker != "", columns.lease_until <= bounded(now))
    return and_(columns.state != JobState.GIVEN_UP.value, or_(mine, late))


def _places_for(node_id: str, registries: bool) -> list[ColumnElement[bool]]:
    columns = schema.scan_places.c
    where: list[ColumnElement[bool]] = []
    if node_id:
        where.append(columns.node_id.in_(("", plain(node_id))))
    if not registries:
        where.append(columns.kind != REGISTRY)
    return where


def _readable(node_id: str, registries: bool) -> ColumnElement[bool]:
    found = _places_for(node_id, registries)
    return exists().where(schema.scan_places.c.id == schema.scan_jobs.c.id, *found)


def _place(connection: Connection, name: str, node_id: str, registries: bool) -> ScanRequest | None:
    """The place to read it at: on the node itself rather than from a registry."""
    columns = schema.scan_places.c
    found = select(columns.doc).where(columns.id == name, *_places_for(node_id, registries))
    nearest = found.order_by((columns.kind == REGISTRY), columns.node_id).limit(1)
    row = connection.execute(nearest).scalar()
    return None if row is None else decode(row, _requests)


def _put(transaction: Transaction, job: ScanJob) -> None:
    JOBS.put(transaction, [job], lambda _old, new: new)


def _put_place(connection: Connection, name: str, request: ScanRequest) -> bool:
    """Where it can be read: once for each node, as that was told first. Whether it is new."""
    columns = schema.scan_places.c
    row = {"kind": plain(request.source.partition(":")[0]), "doc": encode(request)}
    here = and_(columns.id == name, columns.node_id == plain(request.node_id))
    if connection.execute(select(columns.id).where(here)).first() is not None:
        return False
    connection.execute(insert(schema.scan_places), [{"id": name, "node_id": plain(request.node_id), **row}])
    return True


def _remove(connection: Connection, name: str) -> None:
    for table in (schema.scan_jobs, schema.scan_places):
        connection.execute(delete(table).where(table.c.id == name))


def _was_scanned(connection: Connection, name: str) -> bool:
    columns = schema.scan_results.c
    return connection.execute(select(columns.id).where(columns.id == name)).first() is not None
