"""The list of Debian packages: each with its reason, and nobody is left waiting for a question."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import debian

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_package_has_a_reason() -> None:
    """In two sections: what running needs and what testing adds."""
    found = debian.sections(debian.LIST.read_text(encoding="utf-8"))
    assert set(found) == {"run", "test"}
    assert not set(found["run"]) & set(found["test"])
    assert all(len(reason) > 10 for packages in found.values() for reason in packages.values())


@pytest.mark.parametrize("text", ["clang # before any section", "[run]\nclang", "[run]\n# fine\n  # why"])
def test_a_line_without_section_or_reason_is_refused(text: str) -> None:
    """A package that nobody can explain is not installed."""
    if "# why" in text:
        assert debian.sections(text) == {"run": {}}
        return
    with pytest.raises(ValueError, match="line"):
        debian.sections(text)


def fake(folder: Path, name: str, body: str) -> None:
    """A program of that name, first in the path."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which only clang is installed; what apt-get is asked for is written down."""
    fake(tmp_path, "dpkg-query", "echo 'clang installed'; echo 'llvm config-files'; exit 1")
    fake(tmp_path, "apt-get", f'echo "$DEBIAN_FRONTEND $*" >> {tmp_path}/asked; read x && exit 9; exit ${{APT_STATUS:-0}}')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_only_what_is_missing_is_installed(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that was removed but left its configuration counts as missing; nothing asks a question."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert debian.missing(["clang", "llvm", "podman"]) == ["llvm", "podman"]
    assert debian.main(["run"]) == 0
    update, install = (machine / "asked").read_text(encoding="utf-8").splitlines()
    assert update == "noninteractive -q update"
    assert install.startswith("noninteractive install -y -q --no-install-recommends")
    assert " llvm " in install
    assert " clang " not in install


def test_a_failure_is_not_hidden(machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """apt-get's own status is the status."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("APT_STATUS", "100")
    assert debian.main(["run"]) == 100
    assert "status 100" in capsys.readouterr().err


def test_without_root_it_says_what_is_missing(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And goes on, since much needs none of it."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert debian.main(["run", "test"]) == 0
    assert "apt-get install --no-install-recommends python3-venv llvm" in capsys.readouterr().out
    assert not (machine / "asked").exists()


def test_another_distribution_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the page that says what to install there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert debian.main(["run"]) == 0
    assert "docs/how-to/other-distributions.md" in capsys.readouterr().out


def test_other_distributions_name_the_same_packages() -> None:
    """The page for them lists every package that running needs."""
    page = (ROOT / "docs/how-to/other-distributions.md").read_text(encoding="utf-8")
    packages = debian.sections(debian.LIST.read_text(encoding="utf-8"))["run"]
    assert [name for name in packages if not re.search(rf"\b{re.escape(name)}\b", page)] == []


def test_it_needs_nothing_but_python() -> None:
    """It runs before anything is installed."""
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "debian.py"), "--list", "run"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "clang" in done.stdout.split()


@pytest.mark.parametrize("words", [[], ["nothing"], ["--list"]])
def test_unknown_sections_are_usage(words: list[str]) -> None:
    """Exit status 2."""
    assert debian.main(words) == 2
