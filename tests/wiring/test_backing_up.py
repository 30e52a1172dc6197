"""Copies of a real store, while it is in use, and putting them back."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.migrate import REVISIONS
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.backup import BackupChoice
from periderm.model.errors import DeniedError, NotFoundError, StoreError, UsageError
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.wiring.backing_up import back_up, passphrase_of, restore

CHOICE = BackupChoice()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


def test_an_open_store_is_copied_and_comes_back(settings: Settings, tmp_path: Path) -> None:
    """Both are noted in the log that nobody can change; the copy knows its schema."""
    store = SqlStore(settings.database, SystemClock())
    try:
        made = back_up(settings, str(tmp_path / "copy"), CHOICE, b"")
        assert made.schema == REVISIONS[-1]
    finally:
        store.close()
    elsewhere = msgspec.structs.replace(settings, state=str(tmp_path / "other"))
    restore(elsewhere, str(tmp_path / "copy"), b"", most=1 << 30, replace=False)
    store = SqlStore(elsewhere.database, SystemClock())
    try:
        assert [entry.action for entry in store.audit_entries(Query()).items] == ["restore", "backup"]
    finally:
        store.close()


def test_a_newer_store_is_refused(settings: Settings, tmp_path: Path) -> None:
    """Before anything is moved, with which version to take."""
    SqlStore(settings.database, SystemClock()).close()
    back_up(settings, str(tmp_path / "first"), CHOICE, b"")
    with contextlib.closing(sqlite3.connect(settings.database)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(StoreError, match="newer"):
        back_up(settings, str(tmp_path / "copy"), CHOICE, b"")
    with contextlib.closing(sqlite3.connect(settings.database)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (REVISIONS[-1],))
        raw.commit()
    restore(settings, str(tmp_path / "first"), b"", most=1 << 30, replace=True)


def test_no_state_and_short_passphrases(settings: Settings, tmp_path: Path) -> None:
    """Are told before anything is written."""
    with pytest.raises(NotFoundError):
        back_up(settings, str(tmp_path / "copy"), CHOICE, b"")
    path = tmp_path / "words"
    path.write_text("short")
    path.chmod(0o600)
    with pytest.raises(UsageError, match="shorter"):
        passphrase_of(str(path))
    path.chmod(0o644)
    with pytest.raises(DeniedError):
        passphrase_of(str(path))
    assert passphrase_of("") == b""
