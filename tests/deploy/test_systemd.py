"""The units for systemd, checked by systemd itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.pipelines import ROOT

FOLDER = ROOT / "deploy" / "systemd"
UNITS = sorted(FOLDER.glob("*.service"))
pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd's own tool")


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """As installed, where a program is that exists here."""
    made = []
    for unit in UNITS:
        made.append(tmp_path / unit.name)
        made[-1].write_text(unit.read_text().replace("/usr/local/bin/periderm", sys.executable))
    return made


def analyze(*words: str) -> str:
    """What systemd says."""
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=180, check=False)
    return done.stdout + done.stderr


def test_no_word_in_them_is_wrong(units: list[Path]) -> None:
    """Unknown names and values are told by `systemd-analyze verify`; a unit with one shows that it looks."""
    told = [line for line in analyze("verify", *map(str, units)).splitlines() if any(u.name in line for u in units)]
    assert told == []
    units[0].write_text(units[0].read_text().replace("NoNewPrivileges=", "NoNewPriviliges="))
    assert "NoNewPriviliges" in analyze("verify", str(units[0]))


def test_the_server_is_closed_off(units: list[Path]) -> None:
    """By systemd's own count, from 0 to 10: it needs no right of root. The agent's is high, for what it has to see."""
    told = {}
    for unit in units:
        found = re.search(r"Overall exposure level for \S+: ([\d.]+)", analyze("security", "--offline=true", str(unit)))
        if found is None:
            pytest.skip("this systemd does not count units that are not loaded")
        told[unit.name] = float(found[1])
    assert told["periderm-server.service"] <= 1.5
    assert max(told.values()) <= 8.5


def test_each_names_a_command_of_ours() -> None:
    """With arguments that it takes."""
    from periderm.cli.main import parser_for

    for unit in UNITS:
        (line,) = re.findall(r"^ExecStart=/usr/local/bin/periderm (.+)$", unit.read_text(), re.MULTILINE)
        words = line.split()
        assert parser_for([words[0]]).parse_args(words).command == words[0]
