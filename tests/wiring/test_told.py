"""What the settings say in a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.app.overrides import written
from periderm.model.errors import UsageError
from periderm.model.override import Override
from periderm.wiring import told


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """No file is left behind."""
    yield
    told.forget()


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """For one variable and for all of them; children are told where the file is, not what it says."""
    path = tmp_path / "x.toml"
    path.write_text("[rules]\nfolder = '/f'\nkeys = '/k'\n[responses]\nexempt = ['e']\n")
    monkeypatch.setenv("PERIDERM_RULES", "/env")
    monkeypatch.setenv("PERIDERM_EXEMPT", "")
    assert told.take_file(str(path)) == str(path)
    names = ("PERIDERM_RULES", "PERIDERM_RULES_KEYS", "PERIDERM_EXEMPT")
    assert [told.told(name) for name in names] == ["/env", "/k", "e"]
    assert [told.environment().get(name) for name in names] == ["/env", "/k", "e"]
    ours = told.own_variables()
    assert (ours["PERIDERM_CONFIG"], ours["PERIDERM_RULES"]) == (str(path), "/env")
    assert "PERIDERM_RULES_KEYS" not in ours
    told.forget()
    assert told.told("PERIDERM_RULES_KEYS", "none") == "none"
    assert "PERIDERM_CONFIG" not in told.own_variables()


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What a person named, then the variable, then by user."""
    monkeypatch.delenv("PERIDERM_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert told.config_path() == (f"{tmp_path}/periderm/periderm.toml", False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert told.config_path() == ("/etc/periderm/periderm.toml", False)
    monkeypatch.setenv("PERIDERM_CONFIG", "/v.toml")
    assert told.config_path() == ("/v.toml", True)
    assert told.config_path("/a.toml") == ("/a.toml", True)


def test_a_wrong_file_is_told_with_its_place(tmp_path: Path) -> None:
    """Nothing starts with a file that is not understood, or that was named and is not there."""
    path = tmp_path / "x.toml"
    path.write_text("[server]\n\nprt = 1\nx = 2\n")
    with pytest.raises(UsageError) as error:
        told.take_file(str(path))
    assert error.value.what.startswith(f"{path}:3:1: There is no setting 'server.prt'.")
    assert "and 1 more" in error.value.what
    with pytest.raises(UsageError, match="There is no file"):
        told.take_file(str(tmp_path / "none"))
    assert told.read_file(str(tmp_path / "none"), named=False) == {}


def test_the_file_itself(tmp_path: Path) -> None:
    """Made once, read as it is."""
    path = str(tmp_path / "x.toml")
    assert told.file_bytes(path) is None
    told.make_file(path, "# x\n")
    assert told.file_bytes(path) == b"# x\n"


def test_what_the_file_said(tmp_path: Path) -> None:
    """For who looks whether it changed."""
    path = tmp_path / "x.toml"
    path.write_text("[rules]\nfolder = '/f'\n")
    told.take_file(str(path))
    assert (told.named_file(), told.file_values()) == (str(path), {"PERIDERM_RULES": "/f"})


def test_what_was_set_in_the_console_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Behind the environment and the file, also where they say nothing by an empty value; a lock takes it away."""
    path, kept = tmp_path / "x.toml", tmp_path / "console-settings.json"
    values = {"responses.exempt": "db-*", "log.level": "debug", "history.days": "5", "agent.budget_cpu": "20"}
    kept.write_bytes(written([Override(name=name, value=value) for name, value in values.items()]))
    path.write_text("[responses]\nexempt = []\n[history]\ndays = 7\n")
    monkeypatch.setenv("PERIDERM_LOG_LEVEL", "error")
    told.take_file(str(path))
    told.take_console(str(kept))
    names = ("PERIDERM_EXEMPT", "PERIDERM_LOG_LEVEL", "PERIDERM_HISTORY_DAYS", "PERIDERM_BUDGET_CPU")
    assert [told.told(name, "none") for name in names] == ["none", "error", "7", "20"]
    assert [told.environment().get(name) for name in names] == ["", "error", "7", "20"]
    found = told.read_layers(str(path), named=True)
    assert (found.console, found.lines["PERIDERM_HISTORY_DAYS"], found.locked) == ({"PERIDERM_BUDGET_CPU": "20"}, 4, False)
    assert found.console == told.layers().console
    assert told.console_bytes(str(kept)) == kept.read_bytes()
    path.write_text("[server]\nsettings_locked = true\n")
    found = told.read_layers(str(path), named=True)
    assert (found.console, found.locked, told.console_path()) == ({}, True, str(kept))
    told.forget()
    assert (told.told("PERIDERM_BUDGET_CPU", "none"), told.console_path()) == ("none", "")
    kept.write_bytes(b"{")
    with pytest.raises(UsageError):
        told.take_console(str(kept))
