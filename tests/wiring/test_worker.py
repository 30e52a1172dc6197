"""The scan worker is put together; as a process it is run in tests/cli."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import UsageError
from periderm.model.settings import Settings


def test_it_ends_when_it_is_told_to_though_nobody_answers(tmp_path: Path) -> None:
    """And leaves no spool of its own behind that another would take for a living one's."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"), port=1)
    wiring.service_token(settings)
    stop = threading.Event()
    stop.set()
    wiring.worker(settings, stop)
    wiring.worker(settings, stop)


def test_a_door_to_a_network_without_tls_is_refused_first(tmp_path: Path) -> None:
    """Nothing was made by then."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"), port=1, metrics_worker="0.0.0.0:8846")
    with pytest.raises(UsageError, match=r"metrics\.worker"):
        wiring.worker(settings, threading.Event())
    assert not (tmp_path / "state").exists()
