"""Every import contract catches the violation that it was written for: planted in a copy of the tree, one at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# contract, file below src/periderm, what is planted in it (appended where the file exists)
PLANTED: tuple[tuple[str, dict[str, str]], ...] = (
    ("rooms", {"model/planted.py": "import periderm.flow\n"}),
    ("rooms", {"formats/planted.py": "import periderm.engines\n"}),
    ("rooms", {"app/planted.py": "import periderm.server\n"}),
    ("rooms", {"drawer/__init__.py": "", "drawer/planted.py": ""}),
    (
        "engines-apart",
        {
            "engines/planted_a/__init__.py": "import periderm.engines.planted_b.engine\n",
            "engines/planted_b/__init__.py": "",
            "engines/planted_b/engine.py": "",
        },
    ),
    (
        "detectors-apart",
        {
            "engines/planted_a/__init__.py": "",
            "engines/planted_a/detectors/__init__.py": "",
            "engines/planted_a/detectors/one.py": "import periderm.engines.planted_a.detectors.two\n",
            "engines/planted_a/detectors/two.py": "",
        },
    ),
    ("formats-apart", {"formats/planted_a.py": "import periderm.formats.planted_b\n", "formats/planted_b.py": ""}),
    ("adapters-apart", {"adapters/planted_a.py": "import periderm.adapters.planted_b\n", "adapters/planted_b.py": ""}),
    ("adapters-dumb", {"adapters/planted.py": "import periderm.correlate\n"}),
    ("doors-thin", {"cli/planted.py": "import periderm.ports.store\n"}),
    ("doors-thin", {"server/planted.py": "from periderm import flow\n"}),
    ("one-wiring", {"app/planted.py": "import periderm.adapters.clock_system\n"}),
    ("model-pure", {"model/planted.py": "import requests\n"}),
    ("model-pure", {"model/planted.py": "def f() -> None:\n    import os\n"}),
    ("formats-pure", {"formats/planted.py": "import subprocess\n"}),
    ("judgement-pure", {"engines/planted.py": "import socket\n"}),
    ("judgement-pure", {"correlate/planted.py": "import sqlite3\n"}),
    ("judgement-pure", {"algorithms/planted.py": "import pathlib\n"}),
    ("ports-bare", {"ports/planted.py": "import sqlalchemy\n"}),
    (
        "no-cycles",
        {"app/planted_a.py": "import periderm.app.planted_b\n", "app/planted_b.py": "import periderm.app.planted_a\n"},
    ),
    ("correlate-pure", {"correlate/planted.py": "import periderm.ports.store\n"}),
)


def contracts() -> dict[str, str]:
    """Contract id to name, from pyproject.toml."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    return {c["id"]: c["name"] for c in listed}


def copy(to: Path) -> Path:
    """The tree as far as the contracts look at it."""
    skip = shutil.ignore_patterns("__pycache__", "*.o", "built", "*.egg-info")
    shutil.copytree(ROOT / "src", to / "src", ignore=skip)
    (to / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "lint_allowlist.py", to / "tools")
    shutil.copy(ROOT / "pyproject.toml", to)
    return to


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs the linter on a copy."""
    environment = {**os.environ, "PYTHONPATH": f"{tree}:{tree / 'src'}", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo", *options]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def test_every_contract_has_a_planted_violation() -> None:
    """A contract that nobody tried may be one that catches nothing."""
    assert {contract for contract, _ in PLANTED} == set(contracts())


def test_the_product_keeps_its_contracts(tmp_path: Path) -> None:
    """Nothing is broken now, and the copies below are broken only by what is planted."""
    done = lint(copy(tmp_path))
    assert done.returncode == 0, done.stdout
    assert f"{len(contracts())} kept, 0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "files"), PLANTED, ids=[f"{c}-{next(iter(f))}" for c, f in PLANTED])
def test_a_planted_violation_is_caught(contract: str, files: dict[str, str], tmp_path: Path) -> None:
    """The contract that was written for it says so, by name."""
    tree = copy(tmp_path)
    for name, text in files.items():
        path = tree / "src" / "periderm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""Planted."""\n{text}', encoding="utf-8")
    done = lint(tree, "--contract", contract)
    assert done.returncode != 0
    assert f"{contracts()[contract]} BROKEN" in done.stdout, done.stdout


def test_no_contract_has_exceptions() -> None:
    """An ignore list is where a contract ends."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "ignore_imports" not in text
    assert "unmatched_ignore_imports_alerting" not in text
