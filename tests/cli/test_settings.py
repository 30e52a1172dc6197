"""Settings of a command."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from periderm.cli.settings import settings_from, value_of
from periderm.model.errors import UsageError
from periderm.wiring import told


def test_arguments_then_environment_then_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The nearest word wins, for every kind of value."""
    options = argparse.Namespace(state=None, lang=None)
    for name in ("PERIDERM_PORT", "PERIDERM_STATE", "PERIDERM_CONTENT", "PERIDERM_TRACES_SHARE"):
        monkeypatch.delenv(name, raising=False)
    told.use({"PERIDERM_PORT": "1000", "PERIDERM_STATE": "/file", "PERIDERM_CONTENT": "off", "PERIDERM_TRACES_SHARE": "0.5"})
    try:
        found = settings_from(options)
        assert (found.port, found.state, found.content_on, found.traces_share) == (1000, "/file", False, 0.5)
        monkeypatch.setenv("PERIDERM_PORT", "2000")
        monkeypatch.setenv("PERIDERM_STATE", "/env")
        assert (settings_from(options).port, settings_from(options).state) == (2000, "/env")
        options.state = str(tmp_path)
        assert settings_from(options).state == str(tmp_path)
    finally:
        told.forget()
    assert value_of("log.level") == "info"


def test_a_wrong_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its variable."""
    monkeypatch.setenv("PERIDERM_LOG_LEVEL", "loud")
    with pytest.raises(UsageError, match="PERIDERM_LOG_LEVEL is 'loud'"):
        value_of("log.level")
