"""Copies of the state, and putting them back.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.errors import NotFoundError, StoreError
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.model.backup import BackupChoice, BackupManifest


def passphrase_of(path: str) -> bytes:
    """What is in the file; b'' for no file. Raises DeniedError, UsageError if it is too short to protect anything."""
    from periderm.adapters.secret_file import read_secret
    from periderm.algorithms.sealing import SHORTEST
    from periderm.model.errors import UsageError

    if not path:
        return b""
    found = read_secret(path)
    if len(found) < SHORTEST:
        raise UsageError(f"The passphrase in {path} is shorter than {SHORTEST} characters.", "Take several words.")
    return found.encode()


def back_up(settings: Settings, target: str, choice: BackupChoice, passphrase: bytes) -> BackupManifest:
    """Copies this machine's state, which may be in use, into one file, and notes that in the audit log. Raises NotFoundError,
    DeniedError, StoreError."""
    from periderm import __version__
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.state_archive.writing import write_backup
    from periderm.adapters.store_sql.sqlite import copy_file, state_of
    from periderm.app.audit import note
    from periderm.model.principal import LOCAL_ADMIN
    from periderm.wiring.stored import reader

    if not os.path.isdir(settings.state):
        raise NotFoundError(f"There is no state in {settings.state}.", "Name another folder with --state.")
    if os.path.exists(settings.database):
        with reader(settings) as app:
            note(app, LOCAL_ADMIN, "backup", os.path.abspath(target), "sealed" if passphrase else "not sealed")
    return write_backup(
        Path(settings.state),
        os.path.basename(settings.database),
        Path(target).absolute(),
        choice,
        copy=copy_file,
        schema_of=state_of,
        passphrase=passphrase,
        version=__version__,
        now=SystemClock().now(),
    )


def restore(
    settings: Settings, source: str, passphrase: bytes, *, most: int, replace: bool
) -> tuple[BackupManifest, Path | None]:
    """Puts a copy in the place of the state, of which nothing may run; what was there before lies beside it. Notes that in the
    audit log. Raises FormatError, LimitError, SignatureError, DeniedError; StoreError for a store that is damaged or newer."""
    from periderm.adapters.state_archive.reading import read_backup
    from periderm.app.audit import note
    from periderm.model.principal import LOCAL_ADMIN
    from periderm.wiring.stored import reader

    name = os.path.basename(settings.database)
    found = read_backup(
        Path(source).absolute(),
        Path(settings.state),
        passphrase=passphrase,
        most=most,
        check=lambda manifest, fresh: _sound(manifest, fresh / name),
        replace=replace,
    )
    if os.path.exists(settings.database):
        with reader(settings) as app:
            note(app, LOCAL_ADMIN, "restore", os.path.abspath(source), f"as of {found[0].time}")
    return found


def _sound(manifest: BackupManifest, database: Path) -> None:
    """Raises StoreError unless the store is whole and one that this version can bring forward."""
    from periderm.adapters.store_sql.migrate import REVISIONS
    from periderm.adapters.store_sql.sqlite import state_of

    if not database.exists():
        return
    schema = state_of(database)
    if schema != manifest.schema or schema not in REVISIONS:
        raise StoreError(
            f"The copy holds a store of a newer Periderm (its schema is {schema[:20]}, this version knows {REVISIONS[-1]}).",
            f"Install Periderm {manifest.version[:20]}, then restore.",
        )
