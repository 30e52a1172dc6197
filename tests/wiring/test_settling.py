"""What a process does once it is ready."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from periderm.wiring.settling import THRESHOLDS, settle


@pytest.fixture
def thawed() -> Iterator[None]:
    """The collector as it was."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("thawed")
def test_it_is_ready_before_it_prepares() -> None:
    """Who waits for the process does not wait for that; then what is there is not looked at again."""
    done: list[str] = []
    threads: list[threading.Thread] = []

    def prepare() -> None:
        done.append("prepared")
        threads.append(threading.current_thread())
        begun.set()

    begun = threading.Event()
    settle(lambda: done.append("ready"), prepare)
    begun.wait()
    threads[0].join()
    assert done == ["ready", "prepared"]
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == THRESHOLDS
