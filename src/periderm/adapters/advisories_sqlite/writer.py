"""`ports.advisories.AdvisoryWriter`: gathers advisories in a file beside the store, merges them by id in bounded memory,
writes the store anew and renames it. What was there before stays in force until then."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import itertools
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence

import msgspec
import zstandard

from periderm.adapters.advisories_sqlite import layout
from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, FeedInfo, PackageName
from periderm.model.errors import AdvisoryError
from periderm.ports.advisories import Merge

_SAMPLES = 3_000
_DICTIONARY = 64 << 10
_LEVEL = 9
_CACHE_KIB = 24_000
_BATCH = 2_000

_encode = msgspec.msgpack.Encoder().encode
_STAGE = """
CREATE TABLE stage (id TEXT, rank INTEGER, body BLOB);
CREATE TABLE hit (key INTEGER, body BLOB);
"""
_PRAGMAS = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    f"PRAGMA cache_size=-{_CACHE_KIB}",
    "PRAGMA temp_store=FILE",
    "PRAGMA locking_mode=EXCLUSIVE",
)


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """`ports.advisories.WrittenStore`."""

    info: AdvisoryInfo
    advisories: int
    packages: int
    rows: int
    exploitations: int
    merged: int
    size: int


class SqliteWriter:
    """Makes stores in files."""

    @contextlib.contextmanager
    def writing(self, path: str) -> Iterator[_Writing]:
        """A new store for that path. Raises AdvisoryError if its folder cannot be written."""
        folder = os.path.dirname(os.path.abspath(path))
        try:
            os.makedirs(folder, mode=0o755, exist_ok=True)
            work = tempfile.mkdtemp(prefix=".advisories-", dir=folder)
        except OSError as error:
            raise AdvisoryError(
                f"{folder} cannot be written: {error.strerror}.", "Name another folder with --state."
            ) from error
        writing = None
        try:
            with _told(path):
                writing = _Writing(path, work)
            yield writing
        finally:
            if writing is not None:
                writing.close()
            for name in os.listdir(work):
                os.unlink(os.path.join(work, name))
            os.rmdir(work)


class _Writing:
    """One build: the stage gathers, `finish` writes."""

    def __init__(self, path: str, work: str) -> None:
        self._path = path
        self._new = os.path.join(work, "store")
        self._stage = _open(os.path.join(work, "stage"), _STAGE)
        self._store = _open(self._new, layout.TABLES)
        self._rows: list[tuple[str, int, bytes]] = []
        self._told: list[tuple[int, int | None, int | None, int | None, int | None, int | None]] = []
        self._given = 0
        self._ecosystems: set[str] = set()

    def ecosystems(self) -> frozenset[str]:
        """Those of which anything was put so far."""
        return frozenset(self._ecosystems)

    def put(self, advisory: Advisory, rank: int) -> None:
        """One advisory; it is kept in the stage until all are there."""
        self._given += 1
        if rank >= 0:
            self._ecosystems.update(affected.package.ecosystem for affected in advisory.affected)
        self._rows.append((advisory.id, rank, _encode(advisory)))
        if len(self._rows) >= _BATCH:
            self._flush()

    def put_exploitation(self, exploitation: Exploitation) -> None:
        """EPSS and KEV tell different things of one CVE: neither overwrites the other."""
        number = layout.cve_number(exploitation.cve)
        if number < 0:
            return
        likely = exploitation.probability >= 0
        known = exploitation.known_since > 0
        self._told.append(
            (
                number,
                round(exploitation.probability * 100_000) if likely else None,
                round(exploitation.percentile * 100_000) if likely else None,
                exploitation.known_since if known else None,
                exploitation.due if known else None,
                int(exploitation.ransomware) if known else None,
            )
        )
        if len(self._told) >= _BATCH:
            self._flush()

    def finish(self, merge: Merge, feeds: Sequence[FeedInfo], built: int) -> Written:
        """Merges, writes and renames."""
        with _told(self._path):
            self._flush()
            self._stage.commit()
            digest = hashlib.sha256(f"{layout.SCHEMA}".encode())
            advisories = self._details(merge, digest)
            packages, rows = self._packages(digest)
            exploitations = 0
            for row in self._store.execute("SELECT * FROM exploitation ORDER BY cve"):
                digest.update(_encode(row))
                exploitations += 1
            info = AdvisoryInfo(
                built=built,
                digest=digest.hexdigest(),
                schema=layout.SCHEMA,
                feeds=tuple(feeds),
                ecosystems=tuple(sorted(self._ecosystems)),
            )
            self._store.execute("INSERT INTO meta VALUES ('info', ?)", (_encode(info),))
            self._store.execute(f"PRAGMA application_id={layout.APPLICATION_ID}")
            self._store.execute(f"PRAGMA user_version={layout.SCHEMA}")
            self._store.commit()
            self._store.close()
            size = _into_force(self._new, self._path)
        merged = self._given - advisories
        return Written(info, advisories, packages, rows, exploitations, merged, size)

    def close(self) -> None:
        """Closes both files."""
        self._stage.close()
        self._store.close()

    def _flush(self) -> None:
        with _told(self._path):
            self._stage.executemany("INSERT INTO stage VALUES (?, ?, ?)", self._rows)
            self._store.executemany(
                "INSERT INTO exploitation VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (cve) DO UPDATE SET"
                " probability = coalesce(excluded.probability, probability),"
                " percentile = coalesce(excluded.percentile, percentile),"
                " known = coalesce(excluded.known, known), due = coalesce(excluded.due, due),"
                " ransomware = coalesce(excluded.ransomware, ransomware)",
                self._told,
            )
        self._rows.clear()
        self._told.clear()

    def _details(self, merge: Merge, digest: hashlib._Hash) -> int:
        """The details and the links to them; the hits go to the stage. How many distinct advisories there are."""
        compressor = self._compressor("detail", self._samples())
        written = 0
        for _, group in itertools.groupby(self._staged(), key=lambda row: row[0]):
            merged = merge([layout.detail_decoder.decode(body) for _, body in group])
            detail = _encode(msgspec.structs.replace(merged, affected=()))
            digest.update(detail)
            key = layout.key_of(merged.id)
            others = dict.fromkeys([*merged.aliases, *merged.upstream])
            others.pop(merged.id, None)
            self._store.execute("INSERT INTO detail VALUES (?, ?)", (key, layout.pack(detail, compressor)))
            links = [(layout.key_of(name), key) for name in others]
            self._store.executemany("INSERT OR IGNORE INTO alias VALUES (?, ?)", links)
            ids = (merged.id, *others)
            self._stage.executemany(
                "INSERT INTO hit VALUES (?, ?)",
                [
                    (layout.key_of_package(a.package), _encode(AdvisoryHit(ids=ids, source=merged.source, affected=a)))
                    for a in merged.affected
                ],
            )
            written += 1
        return written

    def _staged(self) -> Iterator[tuple[str, bytes]]:
        """All that was put, by id, the highest rank first, in the order of putting."""
        return self._stage.execute("SELECT id, body FROM stage ORDER BY id, rank DESC, rowid")

    def _packages(self, digest: hashlib._Hash) -> tuple[int, int]:
        """The hot table: (packages, rows)."""
        self._stage.commit()
        count = self._stage.execute("SELECT count(*) FROM hit").fetchone()[0]
        compressor = self._compressor("package", self._hit_samples(count))
        packages = 0
        hits = self._stage.execute("SELECT key, body FROM hit ORDER BY key, rowid")
        for key, group in itertools.groupby(hits, key=lambda row: row[0]):
            rows = [msgspec.Raw(body) for _, body in group]
            body = _encode(rows)
            self._alone(layout.hits_decoder.decode(body))
            digest.update(body)
            self._store.execute("INSERT INTO package VALUES (?, ?)", (key, layout.pack(body, compressor)))
            packages += 1
        return packages, count

    def _alone(self, hits: list[AdvisoryHit]) -> None:
        """Two names under one hash would hide one of them: it has never been seen, and must not be silent."""
        names: set[PackageName] = {hit.affected.package for hit in hits}
        if len(names) > 1:
            raise AdvisoryError(f"Two packages have one key: {names}.", "Report this: the key must be made longer.")

    def _samples(self) -> list[bytes]:
        step = max(1, self._given // _SAMPLES)
        chosen = self._stage.execute("SELECT body FROM stage WHERE rowid % ? = 0 LIMIT ?", (step, _SAMPLES))
        return [_encode(msgspec.structs.replace(layout.detail_decoder.decode(body), affected=())) for (body,) in chosen]

    def _hit_samples(self, count: int) -> list[bytes]:
        chosen = self._stage.execute("SELECT body FROM hit WHERE rowid % ? = 0 LIMIT ?", (max(1, count // _SAMPLES), _SAMPLES))
        return [body for (body,) in chosen]

    def _compressor(self, table: str, samples: list[bytes]) -> zstandard.ZstdCompressor:
        """One with a dictionary trained on the samples, where there are enough; the dictionary is stored."""
        dictionary = None
        if len(samples) >= 50:
            try:
                dictionary = zstandard.train_dictionary(_DICTIONARY, [*samples])
            except zstandard.ZstdError:
                dictionary = None  # too little in common to learn anything from
        if dictionary is not None:
            self._store.execute("INSERT INTO meta VALUES (?, ?)", (f"dictionary-{table}", dictionary.as_bytes()))
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary)


def _open(path: str, tables: str) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA page_size={layout.PAGE}")
    for pragma in _PRAGMAS:
        database.execute(pragma)
    database.executescript(tables)
    return database


def _into_force(new: str, path: str) -> int:
    """Makes the file durable and puts it in the place of the old one. Its size in bytes."""
    descriptor = os.open(new, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
        size = os.fstat(descriptor).st_size
        os.fchmod(descriptor, 0o644)  # public facts, to be read by every process of the product
    finally:
        os.close(descriptor)
    os.replace(new, path)
    folder = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot
            raise
    finally:
        os.close(folder)
    return size


@contextlib.contextmanager
def _told(path: str) -> Iterator[None]:
    """What the disk says as AdvisoryError."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise AdvisoryError(
            f"The advisory store {path} cannot be written: {why}.",
            "Free some space, or name another folder; the old one stays.",
        ) from error
