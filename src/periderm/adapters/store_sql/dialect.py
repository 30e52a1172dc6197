"""What differs between databases, as one Protocol. Everything else in this package is SQL that all of them speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError


class Dialect(Protocol):
    """One kind of database. Stateless, but for what `engine` returned."""

    def engine(self, where: str) -> Engine:
        """Connections to `where` (a path or a URL), nothing opened yet. Raises StoreError."""
        ...

    def prepare(self, engine: Engine) -> None:
        """What a database needs once before its schema is looked at. Raises StoreError or DBAPIError."""
        ...

    def for_writing(self, connection: Connection) -> Connection:
        """The same connection, whose next transaction will be the only one that writes."""
        ...

    def lock(self, connection: Connection) -> None:
        """Called in a writing transaction that has just begun: wait here until no other one writes."""
        ...

    def whole(self, revision: str) -> Sequence[str]:
        """Statements that bring an empty database to this revision at once, as all steps one after the other would; empty
        where only the steps can."""
        ...

    def keep_copy(self, label: str) -> None:
        """Called in a writing transaction before a schema is changed that holds something: keep the database as it is under
        this label, where an older version can take it up again. Raises StoreError; then nothing is changed."""
        ...

    def explain(self, error: DBAPIError) -> tuple[str, str]:
        """What happened and the next step, in plain words."""
        ...
