"""`ports.advisories.AdvisorySource` over a finished file: opened read-only and unchanging, answered in bulk."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

import msgspec

from periderm.adapters.advisories_sqlite import layout
from periderm.adapters.advisories_sqlite.layout import BUILD_AGAIN, damaged
from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, PackageName
from periderm.model.errors import AdvisoryError

_BATCH = 500  # SQLite takes 32,766 parameters; longer statements are no faster
_info = msgspec.msgpack.Decoder(AdvisoryInfo)


def check_file(path: str) -> None:
    """Raises AdvisoryError unless the file is a store of this version and as long as its head says. Reads 100 bytes.

    Source: sqlite.org/fileformat.html, 1.3 (page size at 16, pages at 28, user version at 60, application id at 68)."""
    try:
        with open(path, "rb") as file:
            head = file.read(100)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise AdvisoryError(f"The advisory store {path} cannot be read: {error.strerror}.", BUILD_AGAIN) from error
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        raise AdvisoryError(f"{path} is no advisory store.", BUILD_AGAIN)
    (page,) = struct.unpack_from(">H", head, 16)
    pages, version, application = (struct.unpack_from(">L", head, at)[0] for at in (28, 60, 68))
    if application != layout.APPLICATION_ID:
        raise AdvisoryError(f"{path} is another program's database and no advisory store.", BUILD_AGAIN)
    if version != layout.SCHEMA:
        raise AdvisoryError(
            f"The advisory store {path} has the form {version}, and this version reads {layout.SCHEMA}.", BUILD_AGAIN
        )
    if (65_536 if page == 1 else page) * pages != size:
        raise AdvisoryError(f"The advisory store {path} was cut or is not whole.", BUILD_AGAIN)


class SqliteAdvisories:
    """A store that lies in a file. Not to be shared between threads."""

    def __init__(self, path: str) -> None:
        """Raises AdvisoryError if there is none, or if it is damaged, foreign or of another version."""
        check_file(path)
        self._path = path
        try:
            self._database = sqlite3.connect(f"file:{quote(os.path.abspath(path))}?mode=ro&immutable=1", uri=True)
            meta = dict(self._database.execute("SELECT name, value FROM meta"))
            self._info = _info.decode(meta["info"])
        except (sqlite3.Error, KeyError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AdvisoryError(f"The advisory store {path} is damaged: {error}.", BUILD_AGAIN) from error
        self._unpackers = {name: _Unpacker(meta.get(f"dictionary-{name}", b"")) for name in ("package", "detail")}

    def info(self) -> AdvisoryInfo:
        """What is in it."""
        return self._info

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def affecting(self, names: Iterable[PackageName]) -> Mapping[PackageName, Sequence[AdvisoryHit]]:
        """Every row of each package; names without any are left out."""
        wanted = {layout.key_of_package(name): name for name in names}
        found: dict[PackageName, Sequence[AdvisoryHit]] = {}
        unpack = self._unpackers["package"]
        with self._reading():
            for key, piece in self._rows("SELECT key, rows FROM package WHERE key IN", list(wanted)):
                hits = layout.hits_decoder.decode(unpack(piece))
                # Another name with the same hash is another package.
                if hits and hits[0].affected.package == wanted[key]:
                    found[wanted[key]] = hits
        return found

    def advisories(self, ids: Iterable[str]) -> Mapping[str, Advisory]:
        """Whole advisories by their own ids or an alias; unknown ones are left out. `affected` is empty here. Where several
        have the same alias, the one that tells most of it."""
        keys = {layout.key_of(name): name for name in ids}
        found: dict[str, Advisory] = {}
        with self._reading():
            bodies = self._details(list(keys))
            for key, body in bodies.items():
                if body.id == keys[key]:
                    found[body.id] = body
            rest = [key for key, name in keys.items() if name not in found]
            links = list(self._rows("SELECT key, detail FROM alias WHERE key IN", rest))
            bodies.update(self._details(list({detail for _, detail in links} - bodies.keys())))
        for key, detail in links:
            name, linked = keys[key], bodies.get(detail)
            if linked is not None and (name in linked.aliases or name in linked.upstream):
                known = found.get(name)
                found[name] = linked if known is None else max(known, linked, key=_telling)
        return found

    def exploitations(self, cves: Iterable[str]) -> Mapping[str, Exploitation]:
        """EPSS and KEV of CVE ids."""
        wanted = {number: cve for cve in cves if (number := layout.cve_number(cve)) >= 0}
        found = {}
        with self._reading():
            for row in self._rows("SELECT * FROM exploitation WHERE cve IN", list(wanted)):
                found[wanted[row[0]]] = exploitation_of(wanted[row[0]], row[1:])
        return found

    def check(self) -> int:
        """Reads every row and compares all checksums; how many there were. Raises AdvisoryError. Takes seconds."""
        count = 0
        with self._reading():
            if self._database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise damaged("its tables are not in order")
            for table, column, decoder in (("package", "rows", layout.hits_decoder), ("detail", "body", layout.detail_decoder)):
                for (piece,) in self._database.execute(f"SELECT {column} FROM {table}"):  # noqa: S608 -- both from this line
                    decoder.decode(self._unpackers[table](piece))
                    count += 1
        return count

    def _details(self, keys: Sequence[int]) -> dict[int, Advisory]:
        """Details by their keys; those that are not there are left out."""
        unpack, decode = self._unpackers["detail"], layout.detail_decoder.decode
        rows = self._rows("SELECT key, body FROM detail WHERE key IN", keys)
        return {key: decode(unpack(piece)) for key, piece in rows}

    def _rows(self, statement: str, keys: Sequence[int]) -> Iterator[tuple[int, ...]]:
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            yield from self._database.execute(f"{statement} ({','.join('?' * len(batch))})", batch)

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AdvisoryError(f"The advisory store {self._path} is damaged: {error}.", BUILD_AGAIN) from error


class _Unpacker:
    """Unpacks pieces; its decompressor is made when the first compressed one comes."""

    def __init__(self, dictionary: bytes) -> None:
        self._dictionary = dictionary
        self._engine: object = None

    def __call__(self, piece: object) -> bytes:
        if not isinstance(piece, bytes):
            raise damaged("a row is no bytes")
        if self._engine is None and len(piece) > 4 and piece[4]:
            import zstandard

            given = zstandard.ZstdCompressionDict(self._dictionary) if self._dictionary else None
            self._engine = zstandard.ZstdDecompressor(dict_data=given)
        return layout.unpack(piece, self._engine)  # type: ignore[arg-type] # imported only where it is needed


def exploitation_of(cve: str, row: Sequence[int | None]) -> Exploitation:
    """A row of the table as a value; likelihoods are kept in hundred-thousandths, as they are published."""
    probability, percentile, known, due, ransomware = row
    return Exploitation(
        cve=cve,
        probability=-1.0 if probability is None else probability / 100_000,
        percentile=-1.0 if percentile is None else percentile / 100_000,
        known_since=known or 0,
        due=due or 0,
        ransomware=bool(ransomware),
    )


def _telling(advisory: Advisory) -> tuple[int, int, int, str]:
    """How much an advisory tells of a vulnerability."""
    return len(advisory.scores), int(advisory.severity), len(advisory.summary) > 0, advisory.id
