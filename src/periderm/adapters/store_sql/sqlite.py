"""SQLite as a dialect: files, pragmas and error codes. The only file of this package that is about SQLite."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from periderm.model.errors import StoreError

BUSY_SECONDS = 30.0
READERS = 16
COPIES = "before-upgrades"
COPIES_KEPT = 2
WHOLE = Path(__file__).with_name("sqlite_schema.sql")
BETWEEN = ";\n\n"
_NO_COPY = "Make room and let the folder be written, then start again: without a copy the store is not brought forward."
_WRITES = "periderm_writes"
# https://sqlite.org/pragma.html. FULL in WAL mode syncs the log at every commit: what was committed survives power loss.
_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "journal_size_limit=67108864",
    "cache_size=-8000",
    "wal_autocheckpoint=4000",
)

_FAILURES = {
    "SQLITE_FULL": ("There is no space left for the store.", "Free space on the file system that holds it, then try again."),
    "SQLITE_BUSY": ("Another process has been writing the store for too long.", "Try again; if it stays so, restart Periderm."),
    "SQLITE_CORRUPT": ("The store's file is damaged.", "Stop Periderm and put back a copy of the file, or move it away."),
    "SQLITE_NOTADB": (
        "The store's file is not a database of Periderm.",
        "Name another folder for the state, or move the file away.",
    ),
    "SQLITE_READONLY": (
        "The store may not be written here.",
        "Run as the user who owns it, or mount its file system for writing.",
    ),
    "SQLITE_CANTOPEN": ("The store's file cannot be opened.", "Run as the user who owns it, and check that its folder exists."),
    "SQLITE_PERM": ("The store's file may not be opened.", "Run as the user who owns it."),
    "SQLITE_IOERR": (
        "The disk under the store failed or is full.",
        "Look at the kernel's log and at the free space, then try again.",
    ),
    "SQLITE_TOOBIG": ("A value is too large for the store.", "Report what was scanned or watched."),
}


class SqliteDialect:
    """`dialect.Dialect` for one file, its folder made with mode 0700 and the file with 0600."""

    def __init__(self) -> None:
        self._path = Path()

    def engine(self, where: str) -> Engine:
        """`where` is a path, or `sqlite:///path`."""
        self._path = Path(where.removeprefix("sqlite:///")).absolute()
        _make_private(self._path)
        engine = create_engine(
            URL.create("sqlite", database=str(self._path)),
            poolclass=QueuePool,
            pool_size=READERS,
            max_overflow=READERS,
            pool_timeout=BUSY_SECONDS,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
        return engine

    def prepare(self, engine: Engine) -> None:
        """Switch to the write-ahead log; two processes that do this at once get SQLITE_BUSY without a wait, so retry."""
        _retry(lambda: _switch_to_wal(engine))

    def for_writing(self, connection: Connection) -> Connection:
        """Its next BEGIN takes the write lock at once, so that it cannot fail half way for want of it."""
        return connection.execution_options(**{_WRITES: True})

    def lock(self, connection: Connection) -> None:
        """BEGIN IMMEDIATE has done it."""

    def whole(self, revision: str) -> Sequence[str]:
        """From the file beside this one, which tools/schema.py writes from what the steps made."""
        told, *statements = WHOLE.read_text(encoding="utf-8").split(BETWEEN)
        return statements if told == heading(revision) else ()

    def keep_copy(self, label: str) -> None:
        """In the folder `before-upgrades` beside the file, as FILE.LABEL; the two newest are kept."""
        folder = self._path.parent / COPIES
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder} cannot be made: {error.strerror}.", _NO_COPY) from error
        copy_file(self._path, folder / f"{self._path.name}.{label}")
        made = sorted(folder.glob(f"{self._path.name}.*"), key=lambda path: path.stat().st_mtime_ns)
        for old in made[:-COPIES_KEPT]:
            old.unlink()

    def explain(self, error: DBAPIError) -> tuple[str, str]:
        """From SQLite's extended error name (https://sqlite.org/rescode.html)."""
        name = getattr(error.orig, "sqlite_errorname", "") or ""
        for prefix, (what, step) in _FAILURES.items():
            if name.startswith(prefix):
                return f"{what} ({self._path})", step
        return f"The store at {self._path} refused: {error.orig}.", "Report this with the command that led to it."


def copy_file(source: Path, target: Path) -> None:
    """The database as of one moment, while others read and write it: whole under its name, mode 0600, on the medium, or
    not there. Raises StoreError."""
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        # A reader sees one state of a database with a write-ahead log, whoever writes meanwhile (https://sqlite.org/wal.html).
        with contextlib.ExitStack() as ends:
            where = f"file:{quote(str(source))}?mode=ro"
            old = ends.enter_context(contextlib.closing(sqlite3.connect(where, uri=True, timeout=BUSY_SECONDS)))
            new = ends.enter_context(contextlib.closing(sqlite3.connect(part)))
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        descriptor = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(target)
        _sync_folder(target.parent)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(f"The store at {source} could not be copied to {target}: {why}.", _NO_COPY) from error


def heading(revision: str) -> str:
    """The first line of the file of statements."""
    return f"-- schema {revision}, written by tools/schema.py"


def state_of(path: Path) -> str:
    """The schema's revision of a database that is used by nobody. Raises StoreError if it is damaged or not ours."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as database:
            found = database.execute("PRAGMA quick_check(1)").fetchone()
            if found != ("ok",):
                raise StoreError(f"The store at {path} is damaged.", "Use another copy.")
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"The store at {path} cannot be read: {error}.", "Use another copy.") from error
    return str(row[0]) if row else ""


def _make_private(path: Path) -> None:
    """The folder and the file exist, both readable by their owner only, before SQLite sees them."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise StoreError(f"{path} is not a file.", "Name another folder for the state.")
            if stat.S_IMODE(found.st_mode) & 0o077:
                os.fchmod(descriptor, 0o600)
            if found.st_size == 0:
                _sync_folder(path.parent)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise StoreError(
            f"The store at {path} cannot be opened: {error.strerror}.",
            "Run as the user who owns it, or name another folder for the state.",
        ) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves: the driver's own habit leaves DDL outside transactions
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _switch_to_wal(engine: Engine) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            row = cursor.fetchone()
        finally:
            cursor.close()
    finally:
        raw.close()
    if row is None or str(row[0]).lower() != "wal":
        raise StoreError(
            "The store's file system does not allow SQLite's write-ahead log.", "Put the state on a local file system."
        )


def _retry(action: Callable[[], None]) -> None:
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return action()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_LOCKED") or time.monotonic() > deadline:
                raise OperationalError("PRAGMA journal_mode=WAL", {}, error) from error
        except sqlite3.DatabaseError as error:
            raise DBAPIError("PRAGMA journal_mode=WAL", {}, error) from error
        time.sleep(0.01)
