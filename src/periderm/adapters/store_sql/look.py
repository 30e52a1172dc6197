"""What one thread sees of the database while it draws a page: one state over one connection, and nothing read twice.

A connection, a transaction and a statement cost more than most of a page's questions, and its parts ask the same ones again.
Writes nothing; a write of the same thread ends the state that was seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

Answer = TypeVar("Answer")


class Look:
    """Belongs to one thread. The connection is taken when something is asked, and given back by `end`."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._connection: Connection | None = None
        self._known: dict[Hashable, Any] = {}

    def connection(self) -> Connection:
        """In a transaction that sees one state."""
        if self._connection is None:
            with contextlib.ExitStack() as undo:
                connection = self._connect()
                undo.callback(connection.close)
                connection.begin()
                undo.pop_all()
            self._connection = connection
        return self._connection

    def once(self, key: Hashable, read: Callable[[], Answer]) -> Answer:
        """What `read` gives, from memory if this key was asked for since the state was taken. Answers are frozen values."""
        if key not in self._known:
            self._known[key] = read()
        return cast("Answer", self._known[key])

    def end(self) -> None:
        """Give back the state; what is asked next is of a new one."""
        connection, self._connection = self._connection, None
        self._known.clear()
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError):  # nothing was written: what cannot be given back is thrown away
                connection.close()
