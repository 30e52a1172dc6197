"""Brings a database's schema forward with Alembic, under the database's own write lock; never backward."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from periderm.adapters.store_sql.dialect import Dialect
from periderm.model.errors import StoreError

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationStep
    from alembic.script import ScriptDirectory

# Named here, so that opening an up-to-date store need not load Alembic (a test compares it with the files).
REVISIONS = tuple(f"{number:04}" for number in range(1, 17))
log = logging.getLogger(__name__)
_alembic = threading.Lock()  # its `op` is one for the whole process
MIGRATIONS = Path(__file__).parent / "migrations"


def bring_forward(engine: Engine, dialect: Dialect, revisions: tuple[str, ...] = REVISIONS, steps: Path = MIGRATIONS) -> None:
    """Run the steps that are missing, all in one transaction: a failure leaves the old state, and a copy of what was there
    before is kept. Raises StoreError for a
    schema that this version does not know, DBAPIError if the database refuses."""
    with engine.connect() as connection:
        if _missing(connection, revisions) == ():
            return
    with engine.connect() as connection:
        writing = dialect.for_writing(connection)
        with writing.begin():
            dialect.lock(writing)
            if _missing(writing, revisions):  # another process may have done it while this one waited
                before = version(writing)
                if before:
                    dialect.keep_copy(before)
                whole = () if before else dialect.whole(revisions[-1])
                for statement in whole:  # a tenth of the time, and Alembic need not be loaded
                    writing.exec_driver_sql(statement)
                if not whole:
                    _run(writing, revisions[-1], steps)
                log.info("the store was brought forward from schema %s to %s", before or "none", revisions[-1])


def version(connection: Connection) -> str:
    """The schema's revision, '' for an empty database. Raises StoreError for someone else's database."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return ""
    if "alembic_version" not in tables:
        raise StoreError(
            "This database holds tables that are not Periderm's.", "Name another folder or database for the state."
        )
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _missing(connection: Connection, revisions: tuple[str, ...]) -> tuple[str, ...]:
    found = version(connection)
    if not found:
        return revisions
    if found not in revisions:
        raise StoreError(
            f"The store was written by a newer Periderm (its schema is {found}, this version knows {revisions[-1]}).",
            "Install the newer version again, or name another folder for the state.",
        )
    return revisions[revisions.index(found) + 1 :]


def _run(connection: Connection, target: str, steps: Path) -> None:
    """Alembic's own runner over our open transaction, without its configuration file."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(steps), version_locations=[str(steps)])

    def upgrade(revision: str | tuple[str, ...], _context: MigrationContext) -> list[MigrationStep]:
        return _steps(script, target, revision)

    with _alembic, EnvironmentContext(Config(), script, fn=upgrade, destination_rev=target) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _steps(script: ScriptDirectory, target: str, revision: str | tuple[str, ...]) -> list[MigrationStep]:
    # Alembic offers no public name for this; its own `upgrade` command does the same (alembic/command.py).
    found: list[MigrationStep] = list(script._upgrade_revs(target, revision))  # type: ignore[arg-type]
    return found
