"""`make` is the door for newcomers: every target says what it does, and CI calls the same ones."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["run", "test", "check", "bench", "wheel", "build", "clean", "help", "docs", "lock", "fuzz"])
def test_help_lists_each_target(target: str) -> None:
    """With a sentence each; `make` alone prints the same."""
    told = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^  make {target}\s+[A-Z].{{10,}}$", told, flags=re.MULTILINE)


def test_no_failure_is_hidden() -> None:
    """A pipe fails when any part of it does, and no recipe ignores an error."""
    assert ".SHELLFLAGS := -eu -o pipefail -c" in MAKEFILE
    assert not re.search(r"^\t@?-", MAKEFILE, flags=re.MULTILINE)
    assert "|| true" not in MAKEFILE


def test_ci_calls_the_targets() -> None:
    """What runs before a change is taken is what a person runs."""
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for target in ("run ARGS=--once", "check", "test", "wheel", "fuzz"):
        assert f"make {target}" in script
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o100
    minutes = [int(m) for m in re.findall(r'^step "[^"]+" (\d+) ', script, flags=re.MULTILINE)]
    assert sum(minutes) <= 60


@pytest.mark.parametrize("script", [".ci/run", "tools/lock.sh"])
def test_scripts_are_bash_that_parses(script: str) -> None:
    """And stop at unknown variables and broken pipes."""
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
    assert re.search(r"set -e?u -o pipefail", (ROOT / script).read_text(encoding="utf-8"))
