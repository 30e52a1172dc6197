"""An open SQLite database and store for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.store_sql.database import Database
from periderm.adapters.store_sql.store import SqlStore
from tests.ports.plugs import CountingClock


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Empty."""
    made = Database(str(tmp_path / "periderm.sqlite"), CountingClock())
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Empty."""
    made = SqlStore(str(tmp_path / "periderm.sqlite"), CountingClock())
    yield made
    made.close()
