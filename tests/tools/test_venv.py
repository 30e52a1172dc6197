"""The Python environment: made once, again when the lock changes, and never with other bytes than were locked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import venv

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Commands that would be run."""
    seen: list[list[str]] = []
    monkeypatch.setattr(venv, "run", lambda command: (seen.append(command), 0)[1])
    return seen


def test_packages_are_installed_by_hash_and_not_built(calls: list[list[str]], tmp_path: Path) -> None:
    """Whatever index a machine uses, only the reviewed bytes get in."""
    assert venv.main([str(tmp_path), "requirements/run.txt"]) == 0
    install = next(command for command in calls if "--require-hashes" in command)
    assert install[install.index("--only-binary") + 1] == ":all:"
    own = calls[-1]
    assert {"--no-deps", "--no-build-isolation", "-e"} <= set(own)


def test_nothing_is_done_twice(calls: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run says so and calls nothing."""
    folder = tmp_path / "v"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "periderm").touch()
    venv.main([str(folder), "requirements/run.txt"])
    calls.clear()
    assert venv.main([str(folder), "requirements/run.txt"]) == 0
    assert calls == []
    assert "packages are there" in capsys.readouterr().out
    assert venv.main([str(folder), "requirements/dev.txt"]) == 0
    assert calls


def test_a_failed_install_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Only success is remembered."""
    monkeypatch.setattr(venv, "run", lambda command: int("--require-hashes" in command))
    assert venv.main([str(tmp_path), "requirements/run.txt"]) == 1
    assert not list(tmp_path.glob(".installed-*"))


def test_without_ensurepip_the_pip_outside_serves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Debian without python3-venv: the environment is made without pip and filled from outside."""
    seen: list[list[str]] = []

    def run(command: list[str]) -> int:
        seen.append(command)
        return int("-c" in command)

    monkeypatch.setattr(venv, "run", run)
    monkeypatch.setattr(venv, "there", lambda module: module != "ensurepip")
    assert venv.make(tmp_path / "v") == [sys.executable, "-m", "pip", "--python", str(tmp_path / "v" / "bin" / "python")]
    assert "--without-pip" in seen[0]


def test_without_any_pip_nothing_is_begun(calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Half an environment would stand in the way of the next try."""
    monkeypatch.setattr(venv, "there", lambda _: False)
    assert venv.make(tmp_path / "v") == []
    assert calls == []


def test_an_environment_without_pip_gets_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It was made before python3-venv was installed; now it is."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").touch()
    seen: list[list[str]] = []

    def run(command: list[str]) -> int:
        seen.append(command)
        return int("-c" in command)

    monkeypatch.setattr(venv, "run", run)
    monkeypatch.setattr(venv, "there", lambda module: module == "ensurepip")
    assert venv.make(tmp_path) == [str(tmp_path / "bin" / "python"), "-m", "pip"]
    assert "ensurepip" in seen[-1]


def test_no_pip_at_all_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one sentence, with the package that brings it."""
    monkeypatch.setattr(venv, "make", lambda _: [])
    assert venv.main([str(tmp_path), "requirements/run.txt"]) == 5
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Rather than failing somewhere in an import."""
    monkeypatch.setattr(venv, "OLDEST", (99, 0))
    assert venv.main(["x", "requirements/run.txt"]) == 2
    assert "make PYTHON=" in capsys.readouterr().err


def test_it_needs_nothing_but_python() -> None:
    """It runs before anything is installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "tools" / "venv.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "name the folder" in done.stderr
