"""`periderm config`: make, show, check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.app.overrides import written
from periderm.model.override import Override
from tests.cli.conftest import Periderm


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the file is looked for."""
    monkeypatch.setenv("PERIDERM_CONFIG", str(tmp_path / "c" / "periderm.toml"))
    return tmp_path / "c" / "periderm.toml"


def test_it_is_made_and_is_right(periderm: Periderm, path: Path) -> None:
    """In the chosen language; only once; and the product starts with it."""
    assert periderm("config", "init", "--lang", "zh")[0] == 0
    assert "服务器" in path.read_text(encoding="utf-8")
    assert periderm("config", "check")[:2] == (0, f"{path} is right.\n")
    assert periderm("config", "init")[0] == 6
    assert "periderm.toml" not in periderm("config", "init", "--print")[1]


def test_what_is_wrong_has_line_and_column(periderm: Periderm, path: Path) -> None:
    """Each thing with the line itself and a caret; no other command goes on with such a file."""
    path.parent.mkdir()
    path.write_text("[server]\nport = 1000\n  prt = 1\n[log]\nlevel = '\\u001b[2J'\n".replace("\\u001b", "\x1b"))
    status, out, _ = periderm("config", "check")
    assert (status, out.startswith(f"{path}:5:"), "\x1b" in out) == (2, True, False)
    path.write_text("[server]\nport = 1000\n  prt = 1\n[log]\nlevel = 'loud'\n")
    status, out, err = periderm("config", "check")
    assert status == 2
    assert f"{path}:3:3: There is no setting 'server.prt'. Did you mean server.port?" in out
    assert f"{path}:5:1: log.level cannot be 'loud'. Set it to one of debug, info, warning, error." in out
    assert "    prt = 1\n    ^" in err
    found = json.loads(periderm("config", "check", "--json")[1])
    assert [(fault["line"], fault["column"]) for fault in found["faults"]] == [(3, 3), (5, 1)]
    status, _, err = periderm("status")
    assert (status, f"{path}:3:3" in err) == (2, True)
    assert periderm("config", "show")[0] == 2


def test_what_is_in_force_and_why(periderm: Periderm, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, the file, or by default; machine-readable too."""
    path.parent.mkdir()
    path.write_text("[agent]\nbudget_cpu = 20\nscan_unused = false\n")
    monkeypatch.setenv("PERIDERM_BUDGET_MEMORY", "100")
    shown = {one["name"]: one for one in json.loads(periderm("config", "show", "--json", "--only", "agent")[1])}
    assert (shown["agent.budget_cpu"]["value"], shown["agent.budget_cpu"]["source"]) == ("20", "file")
    assert (shown["agent.budget_memory_mib"]["value"], shown["agent.budget_memory_mib"]["source"]) == ("100", "environment")
    assert (shown["agent.ring_mib"]["value"], shown["agent.ring_mib"]["source"]) == ("8", "default")
    assert "agent.known_bpf" in shown
    assert "history.days" not in shown
    status, out, _ = periderm("config")
    assert status == 0
    assert ["agent.scan_unused", "false", "file"] in [line.split()[:3] for line in out.splitlines()]
    assert periderm("config", "show", "--only", "nothing")[0] == 2


def test_a_named_file_that_is_not_there(periderm: Periderm, path: Path) -> None:
    """Is told: a typing mistake must not mean 'all by default'."""
    for command in (("config", "check"), ("config", "show"), ("status",)):
        status, _, err = periderm(*command)
        assert status == 2
        assert str(path) in err


def test_what_was_set_in_the_console_is_told_with_who_did(
    periderm: Periderm, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what does not count, and why; a broken file is told by `check`, and nothing starts with it."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    kept = state / "console-settings.json"
    told = [
        Override(name="agent.budget_cpu", value="20", by="user:eve", at=1),
        Override(name="history.days", value="5", by="user:eve", at=1),
        Override(name="agent.content", value="off", by="user:\x1b[2J", at=1),
    ]
    kept.write_bytes(written(told))
    path.parent.mkdir()
    path.write_text("[log]\nlevel = 'info'\n[history]\ndays = 7\n")
    status, out, err = periderm("config")
    lines = [line.split() for line in out.splitlines()]
    assert status == 0
    assert ["agent.budget_cpu", "20", "console", "(by", "user:eve)", "yes"] in lines
    assert ["history.days", "7", "file", "(line", "4)", "yes"] in lines
    assert ["agent.content", "true", "default"] in lines
    assert "history.days was set to '5' in the console; that does not count: the file" in err
    assert "agent.content was set to 'off' in the console; that does not count: this version" in err
    assert "\x1b" not in out + err
    shown = {one["name"]: one for one in json.loads(periderm("config", "show", "--json")[1])}
    assert (shown["agent.budget_cpu"]["source"], shown["agent.budget_cpu"]["by"]) == ("console", "user:eve")
    assert (shown["history.days"]["line"], shown["history.days"]["console"]) == (4, "5")
    monkeypatch.setenv("PERIDERM_SETTINGS_LOCKED", "on")
    assert "settings are locked" in periderm("config")[2]
    assert ["agent.budget_cpu", "50", "default", "yes"] in [line.split() for line in periderm("config")[1].splitlines()]
    monkeypatch.delenv("PERIDERM_SETTINGS_LOCKED")
    kept.write_bytes(b"{")
    status, _, err = periderm("config", "check")
    assert (status, "cannot be read" in err) == (2, True)
    assert "cannot be read" in json.loads(periderm("config", "check", "--json")[1])["console"]
    status, _, err = periderm("status")
    assert (status, "cannot be read" in err) == (2, True)
