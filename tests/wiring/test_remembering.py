"""The parts that keep history, as the agent gets them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.model.settings import Settings
from periderm.wiring.remembering import keep_history, remembering
from periderm.wiring.stored import history
from tests.past import some


def test_history_can_be_switched_off(tmp_path: Path) -> None:
    """Then nothing is kept and nothing started."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path), history_on=False)
    assert remembering(settings, history(settings)) is None
    on = Settings(state=str(tmp_path), cache=str(tmp_path))
    assert remembering(on, history(on)) is not None


def test_the_keeping_process_puts_files_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind everything else that wants the processor."""
    nice: list[int] = []
    monkeypatch.setattr(os, "nice", nice.append)
    settings = Settings(state=str(tmp_path), cache=str(tmp_path), history_days=100_000)
    past = history(settings)
    past.append(some(4))
    past.close()
    keep_history(settings)
    info = past.info()
    assert (info.rows, info.waiting_rows, info.days) == (4, 0, 100_000)
    assert nice == [10]
