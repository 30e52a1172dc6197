"""Where packages and vulnerabilities are: a row for each image (and each host with findings), kept as its parts change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, distinct, false, func, insert, select, update

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.database import Transaction
from periderm.adapters.store_sql.documents import bounded, clean, decode, encode, plain, searchable
from periderm.adapters.store_sql.family import Family, chunks
from periderm.adapters.store_sql.pages import page
from periderm.adapters.store_sql.part import Part
from periderm.adapters.store_sql.reach import Reaches, assets_within
from periderm.adapters.store_sql.runs import is_running
from periderm.adapters.store_sql.searched import searched
from periderm.model.asset import Asset, Image
from periderm.model.envelope import ScanResult
from periderm.model.finding import FindingKind
from periderm.model.image import ImageInventory
from periderm.model.places import ImageState
from periderm.model.query import Page, Query
from periderm.model.queue import JobState
from periderm.model.severity import Severity

BASE_NAME = "org.opencontainers.image.base.name"  # image-spec v1.1, annotations.md
IMAGE, OTHER = "image", "other"
_COUNT_BITS = 14  # of each severity in the rank; more than 16,383 of one count as so many
_GRADES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)

_assets = msgspec.msgpack.Decoder(Asset)
_results = msgspec.msgpack.Decoder(ScanResult)

IMAGES: Family[ImageState] = Family(
    what="image",
    table=schema.places,
    decoder=msgspec.msgpack.Decoder(ImageState),
    key=lambda state: state.digest,
    columns=lambda _state: {},
    aliases={"image_digest": "id"},
    rank="rank",
)


def ensure(connection: Connection, keys: Iterable[str], kind: str = IMAGE) -> dict[str, int]:
    """The numbers of these places; those that are not there yet are made, empty."""
    wanted = [plain(key) for key in dict.fromkeys(keys)]
    found = numbers(connection, wanted)
    missing = [key for key in wanted if key not in found]
    if missing:
        last: int = connection.execute(select(func.coalesce(func.max(schema.places.c.number), 0))).scalar_one()
        found.update((key, last + n) for n, key in enumerate(missing, 1))
        connection.execute(insert(schema.places), [_row(ImageState(digest=key), found[key], kind, "") for key in missing])
    return found


def numbers(connection: Connection, keys: Iterable[str]) -> dict[str, int]:
    """The numbers of those places that exist."""
    found: dict[str, int] = {}
    columns = schema.places.c
    for some in chunks(keys):
        rows = connection.execute(select(columns.id, columns.number).where(columns.id.in_(some)))
        found.update((row.id, row.number) for row in rows)
    return found


def refresh(transaction: Transaction, digests: Iterable[str], inventory: ImageInventory | None = None) -> None:
    """Bring the rows of these images up to date with assets, scans and findings. `inventory` is that of a scan that has
    just ended, of an image among them; else what was known of it stays."""
    connection = transaction.connection
    keys = [plain(digest) for digest in dict.fromkeys(digests) if digest]
    known = ensure(connection, keys)
    for some in chunks(keys):
        columns = schema.places.c
        rows = connection.execute(select(columns.id, columns.layers, columns.doc).where(columns.id.in_(some))).all()
        layers = {row.id: row.layers for row in rows}
        before = {row.id: decode(row.doc, IMAGES.decoder) for row in rows}
        after = _told_by_assets(connection, before)
        after = _told_by_scans(connection, after)
        if inventory is not None and plain(inventory.digest) in after:
            key = plain(inventory.digest)
            after[key] = _told_by_inventory(after[key], inventory)
            layers[key] = "".join(f"{plain(layer)} " for layer in inventory.layers)
        after = _told_by_findings(connection, after, known)
        changed = [
            _row(state, known[key], IMAGE, layers[key])
            for key, state in after.items()
            if state != before[key] or inventory is not None
        ]
        _write(connection, changed)


def keep_running(connection: Connection, containers: Mapping[str, str]) -> None:
    """`containers` are assets that were seen: the digest of the image if it runs, else ''."""
    table = schema.running
    for some in chunks(containers):
        rows = connection.execute(select(table.c.id, table.c.image_digest).where(table.c.id.in_(some)))
        there = {row.id: row.image_digest for row in rows}
        gone = [name for name in some if name in there and there[name] != containers[name]]
        if gone:
            connection.execute(delete(table).where(table.c.id.in_(gone)))
        new = [
            {"id": name, "image_digest": containers[name]}
            for name in some
            if containers[name] and there.get(name) != containers[name]
        ]
        if new:
            connection.execute(insert(table), new)


def running_of(connection: Connection, digests: Iterable[str], within: Reaches | None = None) -> dict[str, int]:
    """How many containers of each image run now; images without one are left out. A runtime may name an image by its
    manifest or index: those digests count too. With `within` only containers in those parts count."""
    columns, aliases = schema.running.c, schema.image_aliases.c
    seen = None if within is None else assets_within(within)
    counted = [] if within is None else [columns.id.in_(seen) if seen is not None else false()]
    found: dict[str, int] = {}
    for some in chunks(digests):
        query = select(columns.image_digest, func.count()).where(columns.image_digest.in_(some), *counted)
        query = query.group_by(columns.image_digest)
        found.update((row[0], row[1]) for row in connection.execute(query))
        joined = select(aliases.image_digest, func.count()).where(aliases.image_digest.in_(some))
        joined = joined.where(aliases.id == columns.image_digest, *counted).group_by(aliases.image_digest)
        for digest, number in connection.execute(joined):
            found[digest] = found.get(digest, 0) + number
    return found


class SqlPlaces(Part):
    """The images of `ports.store.FindingStore`."""

    def images(self, query: Query) -> Page[ImageState]:
        """A page of images, with what runs and what waits now."""
        extra = [is_running(schema.places.c.id)] if query.state == "running" else []
        query = msgspec.structs.replace(query, kind=IMAGE, state="" if extra else query.state)
        jobs = schema.scan_jobs.c
        with self._database.reading() as connection:
            found = (page if query.where is None else searched)(connection, IMAGES, query, extra)
            keys = [plain(state.digest) for state in found.items]
            running = running_of(connection, keys, query.within)
            waiting: set[str] = set()
            for some in chunks(keys):
                wanted = select(jobs.id).where(jobs.id.in_(some), jobs.state != JobState.GIVEN_UP.value)
                waiting.update(connection.execute(wanted).scalars())
        items = tuple(
            msgspec.structs.replace(state, running=running.get(key, 0), waiting=key in waiting)
            for key, state in zip(keys, found.items, strict=True)
        )
        return Page(items, found.next_cursor, found.total, found.looked_at)

    def images_of(self, finding_ids: Sequence[str]) -> Mapping[str, ImageState]:
        """The image that each of these findings is in, with how many containers run from it."""
        findings, images = schema.findings.c, schema.places.c
        digest_of: dict[str, str] = {}
        states: dict[str, ImageState] = {}
        with self._database.reading() as connection:
            for some in chunks([plain(name) for name in finding_ids]):
                rows = connection.execute(select(findings.id, findings.image_digest).where(findings.id.in_(some)))
                digest_of.update((row.id, row.image_digest) for row in rows)
            for some in chunks(set(digest_of.values()) - {""}):
                rows = connection.execute(select(images.id, images.doc).where(images.id.in_(some)))
                states.update((row.id, decode(row.doc, IMAGES.decoder)) for row in rows)
            running = running_of(connection, states)
        told = {key: msgspec.structs.replace(state, running=running.get(key, 0)) for key, state in states.items()}
        return {name: told[digest_of[plain(name)]] for name in finding_ids if digest_of.get(plain(name)) in told}


def _told_by_assets(connection: Connection, states: dict[str, ImageState]) -> dict[str, ImageState]:
    """Names, sizes and times; of several assets with one digest the one seen last."""
    columns = schema.assets.c
    query = select(columns.image_digest, columns.doc).where(columns.image_digest.in_(list(states)), columns.kind == "image")
    out = dict(states)
    for row in connection.execute(query.order_by(columns.time, columns.id.desc())):
        image = decode(row.doc, _assets)
        if not isinstance(image, Image):
            continue
        state = out[row.image_digest]
        first = min(filter(None, (state.first_seen, image.first_seen)), default=0)
        out[row.image_digest] = msgspec.structs.replace(
            state,
            name=image.name,
            references=image.references,
            asset_id=image.id,
            os_name=image.os_name or state.os_name,
            size=image.size or state.size,
            created=image.created,
            first_seen=first,
            last_seen=max(image.last_seen, state.last_seen),
        )
    return out


def _told_by_scans(connection: Connection, states: dict[str, ImageState]) -> dict[str, ImageState]:
    columns = schema.scan_results.c
    out = dict(states)
    for row in connection.execute(select(columns.id, columns.doc).where(columns.id.in_(list(states)))):
        result = decode(row.doc, _results)
        state = out[row.id]
        scanned = state.scanned_at if result.failure else max(result.time, state.scanned_at)
        seen = max(state.last_seen, 0 if state.asset_id else result.time)
        out[row.id] = msgspec.structs.replace(state, scanned_at=scanned, failure=result.failure, last_seen=seen)
    return out


def _told_by_inventory(state: ImageState, inventory: ImageInventory) -> ImageState:
    return msgspec.structs.replace(
        state,
        name=state.name if state.asset_id else inventory.reference,
        references=state.references or ((inventory.reference,) if inventory.reference else ()),
        os_name=inventory.os.pretty_name or inventory.os.id or state.os_name,
        base=inventory.config.labels.get(BASE_NAME, ""),
        size=state.size if state.asset_id and state.size else inventory.size,
        packages=len(inventory.packages),
        layers=len(inventory.layers),
        not_examined=len(inventory.not_examined),
    )


def _told_by_findings(connection: Connection, states: dict[str, ImageState], known: Mapping[str, int]) -> dict[str, ImageState]:
    found, bad = schema.findings.c, schema.vulnerable.c
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    by = (found.image_digest, found.kind, found.severity)
    query = select(*by, func.count()).where(found.image_digest.in_(list(states))).group_by(*by)
    for digest, kind, severity, number in connection.execute(query):
        if kind == FindingKind.NOT_EXAMINED.value:
            continue  # what was not looked at is no weakness: it is counted by itself
        grade = Severity(severity).name.lower()
        counts[digest][grade] = counts[digest].get(grade, 0) + number
    figures = select(
        bad.place,
        func.count(distinct(bad.vulnerability)),
        func.count(distinct(bad.vulnerability)).filter(bad.fixed == 1),
        func.count(distinct(bad.vulnerability)).filter(bad.exploited == 1),
        func.max(bad.priority),
    )
    places = [known[key] for key in states]
    rows = {row[0]: row[1:] for row in connection.execute(figures.where(bad.place.in_(places)).group_by(bad.place))}
    out = {}
    for key, state in states.items():
        total, fixable, exploited, priority = rows.get(known[key], (0, 0, 0, 0))
        out[key] = msgspec.structs.replace(
            state,
            findings=counts.get(key, {}),
            vulnerabilities=total,
            fixable=fixable,
            exploited=exploited,
            priority=priority / 1000,
        )
    return out


def _row(state: ImageState, number: int, kind: str, layers: str) -> dict[str, object]:
    state = clean(state)
    rank = 0
    for grade in _GRADES:
        rank = rank << _COUNT_BITS | min(state.findings.get(grade.name.lower(), 0), (1 << _COUNT_BITS) - 1)
    worst = max((Severity[grade.upper()] for grade in state.findings), default=Severity.UNKNOWN)
    return {
        "id": plain(state.digest),
        "number": number,
        "kind": kind,
        "time": bounded(state.last_seen),
        "severity": int(worst),
        "rank": rank,
        "state": "scanned" if state.scanned_at else "failed" if state.failure else "unscanned",
        "search": searchable(state.name, *state.references, state.digest, state.os_name, state.base),
        "layers": layers,
        "doc": encode(state),
    }


def _write(connection: Connection, rows: list[dict[str, object]]) -> None:
    if not rows:
        return
    fields = [key for key in rows[0] if key not in ("id", "number", "kind")]
    statement = update(schema.places).where(schema.places.c.number == bindparam("_number"))
    statement = statement.values({key: bindparam(f"_{key}") for key in fields})
    connection.execute(statement, [{f"_{key}": value for key, value in row.items()} for row in rows])
