"""Baselines, kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.baselines import summary
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.baseline import Phase, digest
from periderm.model.errors import StoreError
from tests.ports.test_baselines import baseline, entry


def test_kept(tmp_path: Path) -> None:
    """What was put is there after the store was closed and opened, and nodes' versions hold."""
    path = str(tmp_path / "x.sqlite")
    store = SqlStore(path, SystemClock())
    store.put_baselines([baseline("web", entry("/a"))])
    (first,) = store.baseline_news({"wkl-web": ""})
    store.close()
    store = SqlStore(path, SystemClock())
    assert store.baseline("wkl-web") == baseline("web", entry("/a"))
    assert store.baseline_news({"wkl-web": first.version}) == []
    store.close()


def test_a_damaged_one_is_told(tmp_path: Path) -> None:
    """As an error of the store, and not as a crash."""
    path = tmp_path / "x.sqlite"
    store = SqlStore(str(path), SystemClock())
    store.put_baselines([baseline("web", entry("/a"))])
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE baseline_bodies SET doc = x'28b52ffd00'"))
    engine.dispose()
    with pytest.raises(StoreError, match="damaged"):
        store.baseline("wkl-web")
    store.close()


def test_a_summary() -> None:
    """Has the figures of the baseline, and its digest."""
    given = baseline("web", entry("/a"), entry("/b", "n22"))
    made = summary(given)
    assert (made.digest, made.phase, made.replicas, made.entries) == (digest(given), Phase.LEARNING, 2, {"file": 2})
