"""Wiring: quick to import, honest when there is nothing to read, and closed when the reading is done."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from periderm import wiring
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import NotFoundError, StoreError
from periderm.model.query import Query
from periderm.model.settings import Settings

HEAVY = ("numpy", "sqlalchemy", "hyperscan", "starlette", "uvicorn", "jinja2", "ctypes")


def test_importing_it_loads_no_plug() -> None:
    """A command pays only for what it uses."""
    code = f"import sys, periderm.wiring; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_plugs_are_named_inside_functions() -> None:
    """No import of an adapter at the top, except for the type checker."""
    for file in Path(wiring.__file__).parent.glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
        assert [name for name in top if name.startswith("periderm.adapters")] == []


def test_reading_without_a_state_says_how_to_begin(tmp_path: Path) -> None:
    """And makes no file."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    with pytest.raises(NotFoundError, match="periderm up"), wiring.reader(settings):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_store_is_closed_after_reading(tmp_path: Path) -> None:
    """Also when the block raises."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    SqlStore(settings.database, SystemClock()).close()
    kept = []

    def read() -> None:
        with wiring.reader(settings) as app:
            kept.append(app)
            assert app.store.incidents(Query()).total == 0
            raise KeyError

    with pytest.raises(KeyError):
        read()
    with pytest.raises(StoreError):
        kept[0].store.incidents(Query())
