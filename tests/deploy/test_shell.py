"""The script for every other pipeline: its status tells what was found from what was not scanned."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.pipelines import ROOT, add_key, on_path, shop

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def run(folder: Path, bin_folder: Path, **given: str) -> tuple[int, str]:
    """(status, what it said)."""
    done = subprocess.run(
        ["sh", str(ROOT / "deploy/ci/shell/periderm.sh")],
        cwd=folder,
        env={**on_path(bin_folder), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_clean_found_and_not_scanned(tmp_path: Path) -> None:
    """0, 1, and the status of what went wrong; five files in the folder that was named."""
    folder = shop(tmp_path / "shop")
    assert run(folder, tmp_path / "bin", OUT="out", SCANNERS="secrets")[0] == 0
    names = ["bom.cdx.json", "periderm.html", "periderm.json", "periderm.sarif", "periderm.xml"]
    assert sorted(path.name for path in (folder / "out").iterdir()) == names
    add_key(folder)
    status, told = run(folder, tmp_path / "bin", OUT="../out", SCANNERS="secrets")
    assert (status, "the gate is met" in told) == (1, True)
    status, told = run(folder, tmp_path / "bin", WHAT="image", TARGET="none.tar", OUT="../out")
    assert (status, "not scanned" in told) == (4, True)
