"""Connections and transactions: one writer at a time in a process, any number of readers, changes told at the end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from periderm.adapters.store_sql import schema
from periderm.adapters.store_sql.dialect import Dialect
from periderm.adapters.store_sql.documents import plain
from periderm.adapters.store_sql.look import Look
from periderm.adapters.store_sql.migrate import bring_forward
from periderm.adapters.store_sql.sqlite import SqliteDialect
from periderm.adapters.store_sql.totals import Totals
from periderm.model.errors import StoreError, UsageError
from periderm.model.query import Query
from periderm.ports.clock import Clock

CHANGES_KEPT = 10_000
_TRIM_EVERY = 1_000
_COUNTER = "changes"
Answer = TypeVar("Answer")


def dialect_for(where: str) -> Dialect:
    """The dialect of a path or a URL. Raises UsageError for a kind of database that there is no plug for."""
    scheme, found, _ = where.partition("://")
    if not found or scheme == "sqlite":
        return SqliteDialect()
    raise UsageError(f"There is no store for {scheme}://.", "Name a file, or sqlite:///PATH.")


class Transaction:
    """One writing transaction of one thread. `failed` is why it can no longer be finished, if it cannot."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.failed: StoreError | None = None
        self._changes: list[tuple[str, str]] = []

    def tell(self, what: str, name: str) -> None:
        """A Change, once the transaction ends; the same one twice is told once."""
        self._changes.append((what, plain(name)))

    def place(self) -> int:
        """For `back_to`."""
        return len(self._changes)

    def back_to(self, place: int) -> None:
        """Forget changes that were rolled back."""
        del self._changes[place:]

    def finish(self, now: int) -> None:
        """Write the changes with their numbers; drop the oldest beyond what is kept."""
        told = list(dict.fromkeys(self._changes))
        if not told:
            return
        counter = schema.counters.c
        found = self.connection.execute(select(counter.value).where(counter.id == _COUNTER)).scalar_one()
        rows = [{"sequence": found + n, "what": what, "id": name, "time": now} for n, (what, name) in enumerate(told, 1)]
        last = found + len(rows)
        self.connection.execute(insert(schema.changes), rows)
        self.connection.execute(update(schema.counters).where(counter.id == _COUNTER).values(value=last))
        if found // _TRIM_EVERY != last // _TRIM_EVERY:
            oldest = last - CHANGES_KEPT
            self.connection.execute(delete(schema.changes).where(schema.changes.c.sequence <= oldest))


class Database:
    """An open database. Any thread may use it; a transaction belongs to the thread that began it."""

    def __init__(self, where: str, clock: Clock) -> None:
        self._clock = clock
        self._dialect = dialect_for(where)
        self._writer = threading.RLock()
        self._mine = threading.local()
        self._closed = False
        self._totals = Totals()
        self._engine: Engine = self._dialect.engine(where)
        with contextlib.ExitStack() as undo:
            undo.callback(self.close)
            with self._translated():
                self._dialect.prepare(self._engine)
                bring_forward(self._engine, self._dialect)
            undo.pop_all()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything in the block or nothing. Inside another one it is a part of it, that can fail by itself."""
        current = self._current()
        if current is None:
            with self._outermost() as transaction:
                yield transaction
            return
        with contextlib.ExitStack() as undo:
            undo.callback(current.back_to, current.place())
            with self._translated(current), current.connection.begin_nested():
                yield current
            undo.pop_all()

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """For one call's writes: joins the thread's transaction, or is one by itself."""
        current = self._current()
        if current is None:
            with self._outermost() as transaction:
                yield transaction
            return
        with self._translated(current):
            yield current

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of all tables: the thread's own transaction if it is in one, else that of its look, else the last that was
        finished."""
        current = self._current()
        if current is not None:
            with self._translated(current):
                yield current.connection
            return
        self._check_open()
        look = self._look()
        if look is not None:
            with self._translated():
                try:
                    yield look.connection()
                except SQLAlchemyError:
                    look.end()  # nothing more is asked of what the database refused
                    raise
            return
        with self._translated(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def look(self) -> Iterator[None]:
        """What this thread reads in the block is of one state, until it writes; the same question is asked of the database
        once. Inside another one it is a part of it."""
        if self._look() is not None:
            yield
            return
        look = self._mine.look = Look(self._engine.connect)
        try:
            yield
        finally:
            self._mine.look = None
            look.end()

    def once(self, key: Hashable, read: Callable[[], Answer]) -> Answer:
        """What `read` gives; within a look, and outside of transactions, one answer for a key."""
        look = self._look()
        return read() if look is None or self._current() is not None else look.once(key, read)

    def total(self, what: str, query: Query, count: Callable[[], int]) -> int:
        """How many rows a list has: remembered for some seconds where there are very many; within a transaction always
        counted."""
        if self._current() is not None:
            return count()
        return self._totals.total(what, query, self._clock.monotonic(), count)

    def close(self) -> None:
        """Close all connections; a transaction of another thread is waited for."""
        with self._writer:
            self._closed = True
            self._engine.dispose()

    @contextlib.contextmanager
    def _outermost(self) -> Iterator[Transaction]:
        with self._writer:
            self._check_open()
            with self._translated(), self._engine.connect() as pooled:
                connection = self._dialect.for_writing(pooled)
                with connection.begin():
                    self._dialect.lock(connection)
                    transaction = self._mine.transaction = Transaction(connection)
                    try:
                        yield transaction
                        if transaction.failed is not None:
                            raise transaction.failed
                        transaction.finish(self._clock.now())
                    finally:
                        self._mine.transaction = None
                        if (look := self._look()) is not None:
                            look.end()

    def _current(self) -> Transaction | None:
        found: Transaction | None = getattr(self._mine, "transaction", None)
        return found

    def _look(self) -> Look | None:
        found: Look | None = getattr(self._mine, "look", None)
        return found

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("The store was closed.", "Restart the process that uses it.")

    @contextlib.contextmanager
    def _translated(self, transaction: Transaction | None = None) -> Iterator[None]:
        """The database's errors in our words. One inside a transaction ends it: what it did can no longer be known."""
        try:
            yield
        except DBAPIError as error:
            failure = StoreError(*self._dialect.explain(error))
            if transaction is not None:
                transaction.failed = failure
            raise failure from error
        except SQLAlchemyError as error:
            failure = StoreError(f"The store cannot be used: {error}.", "Try again; if it stays so, restart Periderm.")
            if transaction is not None:
                transaction.failed = failure
            raise failure from error
