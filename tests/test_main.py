"""`python -m periderm` and the installed program are the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from periderm import __version__
from periderm.__main__ import main


def test_the_module_and_the_program_say_the_same() -> None:
    """Supervisors start the one, people the other."""
    for command in ([sys.executable, "-m", "periderm"], [str(Path(sys.executable).parent / "periderm")]):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout == f"periderm {__version__}\n"


def test_the_status_is_the_commands(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """What a command returns, the process exits with."""
    monkeypatch.setattr(sys, "argv", ["periderm", "incidents", "--limit", "0"])
    assert main() == 2


def test_wiring_gives_all_that_it_names_and_loads_none_before() -> None:
    """Every name leads to its part; a name that is none is an AttributeError, as of any module."""
    code = """
import sys
from periderm import wiring
before = [name for name in sys.modules if name.startswith("periderm.wiring.")]
missing = [name for name in wiring.__all__ if not callable(getattr(wiring, name))]
print(before, missing, hasattr(wiring, "nothing"), set(wiring.__all__) == set(wiring._PART))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] [] False True"
