"""The command line itself: documented exit statuses, one sentence for every mistake, never a traceback."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm import __version__
from periderm.cli import main
from periderm.cli.main import COMMANDS, load, parser_for, settings_from, status_of
from periderm.model import errors
from tests.cli.conftest import FINDING, INCIDENT, Periderm

NAMES = [name for name, _, _ in COMMANDS]
# What only asks, so that a test may say anything to it.
ASKING = ["incidents", "findings", "assets", "explain", "status", "completion"]
STATUSES = {0, 1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(periderm: Periderm, name: str) -> None:
    """`--help` works for each, whatever this machine lacks."""
    status, out, _ = periderm(name, "--help")
    assert status == 0
    assert out.startswith(f"usage: periderm {name}")
    assert "--json" in out


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_parts(name: str) -> None:
    """A command's module offers `configure` and `run`."""
    module = load(name)
    assert callable(module.configure)
    assert callable(module.run)


def test_help_lists_all_and_loads_none() -> None:
    """The front page imports no command, no numpy and no database, so it is quick on any machine."""
    code = (
        "import sys; from periderm.cli.main import run; run([]); "
        "print([m for m in sys.modules if m.split('.')[0] in ('numpy', 'sqlalchemy', 'hyperscan', 'starlette', 'jinja2')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    for name in NAMES:
        assert name in done.stdout


def test_version(periderm: Periderm) -> None:
    """One line, for bug reports."""
    assert periderm("--version")[:2] == (0, f"periderm {__version__}\n")


@pytest.mark.parametrize("name", [name for name in NAMES if name != "build"])  # which hands such words to the builder
def test_an_unknown_option_is_usage(periderm: Periderm, name: str) -> None:
    """Exit status 2 and the command's own usage; nothing is started."""
    status, out, err = periderm(name, "--no-such-option")
    assert (status, out) == (2, "")
    assert "usage: periderm" in err
    assert "Traceback" not in err


def test_an_unknown_command_is_usage(periderm: Periderm) -> None:
    """One sentence, with the nearest of those that exist and where all are listed; not a thousand characters of names."""
    status, _, err = periderm("incdents", "--json")
    assert status == 2
    assert "periderm incidents" in err
    status, _, err = periderm("frobnicate\x1b[31m")
    assert status == 2
    assert "periderm --help" in err
    assert "\x1b" not in err
    assert len(err) < 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UsageError("x"), 2),
        (errors.FormatError("x"), 3),
        (errors.LimitError("x"), 3),
        (errors.NotFoundError("x"), 4),
        (errors.DeniedError("x"), 6),
        (errors.ConnectError("x"), 5),
        (errors.SensorError("x"), 5),
        (errors.StoreError("x"), 5),
        (errors.ImageSourceError("x"), 5),
        (errors.ContainerRuntimeError("x"), 5),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_every_family_has_its_status(
    error: errors.PeridermError, status: int, periderm: Periderm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script can tell them apart, and a person reads one sentence."""
    assert status_of(error) == status

    class Failing:
        def configure(self, parser: argparse.ArgumentParser) -> None: ...
        def run(self, *_: object) -> int:
            raise error

    monkeypatch.setattr(main, "load", lambda _: Failing())
    got, _, err = periderm("status")
    assert got == status
    assert err == "periderm: x\n"


def test_ctrl_c_is_no_error(periderm: Periderm, monkeypatch: pytest.MonkeyPatch) -> None:
    """130, as shells expect, and no traceback."""

    class Waiting:
        def configure(self, parser: argparse.ArgumentParser) -> None: ...
        def run(self, *_: object) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(main, "load", lambda _: Waiting())
    assert periderm("status") == (130, "", "")


@pytest.mark.parametrize("port", ["", "0", "65536", "http", "-1", "8843 ", "８８４３", "²", "9" * 5000])
def test_a_bad_port_is_told(periderm: Periderm, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    """From the environment, where a typing mistake is easy."""
    monkeypatch.setenv("PERIDERM_PORT", port)
    status, _, err = periderm("status")
    assert (status in (2, 4)) if port in ("", "８８４３") else status == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PERIDERM_HISTORY", "maybe"),
        ("PERIDERM_HISTORY_DAYS", "0"),
        ("PERIDERM_HISTORY_DAYS", "1e3"),
        ("PERIDERM_HISTORY_MIB", "-1"),
        ("PERIDERM_HISTORY_FREE_MIB", "²"),
    ],
)
def test_a_bad_setting_of_history_is_told(periderm: Periderm, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """With the variable's name; an empty one is as if it were not there."""
    monkeypatch.setenv(name, value)
    status, _, err = periderm("status")
    assert status == 2
    assert name in err


def test_settings_of_history(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the environment."""
    options = argparse.Namespace(state=str(tmp_path), lang=None)
    for name, value in (("", "off"), ("_DAYS", "7"), ("_MIB", "100"), ("_FREE_MIB", "")):
        monkeypatch.setenv(f"PERIDERM_HISTORY{name}", value)
    found = settings_from(options)
    assert (found.history_on, found.history_days, found.history_mib, found.history_free_mib) == (False, 7, 100, 1024)
    assert found.history == f"{tmp_path}/history"


def test_folders_come_from_arguments_then_environment_then_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The nearest word wins; root keeps state with the system, others at home."""
    options = argparse.Namespace(state=None, lang=None)
    monkeypatch.delenv("PERIDERM_STATE", raising=False)
    monkeypatch.delenv("PERIDERM_CACHE", raising=False)
    monkeypatch.delenv("PERIDERM_PORT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert settings_from(options).state == f"{tmp_path}/.local/state/periderm"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert settings_from(options).state == "/var/lib/periderm"
    monkeypatch.setenv("PERIDERM_STATE", "relative")
    assert settings_from(options).state == os.path.abspath("relative")
    options.state = str(tmp_path)
    assert settings_from(options).state == str(tmp_path)


@pytest.mark.parametrize(("locale", "language"), [("zh_CN.UTF-8", "zh"), ("en_GB", "en"), ("C", "en"), ("de_DE", "en")])
def test_the_language_is_the_locales(monkeypatch: pytest.MonkeyPatch, locale: str, language: str) -> None:
    """Chinese for a Chinese locale, English for all others; --lang goes before."""
    monkeypatch.setenv("LC_ALL", locale)
    assert settings_from(argparse.Namespace(state=None, lang=None)).language == language
    assert settings_from(argparse.Namespace(state=None, lang="zh")).language == "zh"


def test_a_reader_that_goes_away_is_no_error(state: Path) -> None:
    """`periderm assets | head -0` ends quietly."""
    script = f"{sys.executable} -m periderm assets --json --state {state} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "141")


def test_a_terminal_without_unicode_is_served(state: Path) -> None:
    """Where the locale cannot say a character, an escape is printed and the command goes on."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PERIDERM_STATE": str(state)}
    for arguments in (["incidents", INCIDENT], ["incidents", INCIDENT, "--lang", "zh"], ["findings", FINDING, "--json"]):
        command = [sys.executable, "-m", "periderm", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), arguments


@pytest.mark.parametrize("damage", ["folder", "garbage", "empty", "unreadable-json"])
def test_a_damaged_state_is_one_sentence(periderm: Periderm, tmp_path: Path, damage: str) -> None:
    """A database that is none is told, not shown as a stack of calls."""
    folder = tmp_path / "state"
    folder.mkdir()
    database = folder / "periderm.sqlite"
    if damage == "folder":
        database.mkdir()
    else:
        database.write_bytes({"garbage": b"\x00not a database" * 99, "empty": b"", "unreadable-json": b"{}"}[damage])
    status, _, err = periderm("incidents")
    assert status in STATUSES
    assert "Traceback" not in err


WORDS = st.one_of(
    st.sampled_from(["show", "--json", "--limit", "--severity", "high", "--status", "new", "--lang", "zh", "--kind", "bash"]),
    st.sampled_from([INCIDENT, FINDING, "-", "--", "", "0", "-1", "--limit=9999999999999999999999", "--text", "--image"]),
    st.text(max_size=20).filter(lambda s: "\x00" not in s),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(command=st.sampled_from(ASKING), words=st.lists(WORDS, max_size=5))
def test_no_words_make_a_traceback(periderm: Periderm, state: Path, command: str, words: list[str]) -> None:
    """Whatever is typed after a command that asks: a documented status, and JSON that is JSON."""
    status, out, err = periderm(command, *words)
    assert status in STATUSES
    assert "Traceback" not in err
    if status == 0 and "--json" in words and out.startswith("{"):
        json.loads(out)


def test_a_parser_lists_all_commands_and_fills_only_what_is_asked() -> None:
    """One command's import is another command's waiting time."""
    parser = parser_for([])
    assert parser.parse_args(["status"]).command == "status"
    with pytest.raises(SystemExit):
        parser.parse_args(["status", "--json"])
