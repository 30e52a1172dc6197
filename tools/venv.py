"""Makes .venv and installs a locked set of Python packages into it, with hashes and without compiling anything.

    python3 tools/venv.py .venv requirements/run.txt

Uses the standard library only. What was installed is remembered by digest, so a second run takes no time. A machine
without ensurepip (Debian without python3-venv) is served by the pip that runs outside, where there is one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def run(command: list[str]) -> int:
    """Runs a command that prints for itself; returns its exit status."""
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode


def there(module: str) -> bool:
    """Whether the Python that runs this has a module."""
    return importlib.util.find_spec(module) is not None


def make(folder: Path) -> list[str]:
    """Makes the environment if it is not there; returns the pip command that installs into it, [] if there is none."""
    python = folder / "bin" / "python"
    if not python.exists():
        if not there("ensurepip") and not there("pip"):
            return []
        print(f"venv: making {folder} with Python {sys.version.split()[0]}", flush=True)
        command = [sys.executable, "-m", "venv", *([] if there("ensurepip") else ["--without-pip"]), str(folder)]
        if run(command):
            return []
    if run([str(python), "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('pip') is None)"]) == 0:
        return [str(python), "-m", "pip"]
    # Made by somebody who had no pip; perhaps there is one now.
    if there("ensurepip") and run([str(python), "-m", "ensurepip", "--default-pip"]) == 0:
        return [str(python), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(python)] if there("pip") else []


def digest(lock: Path, python: Path) -> str:
    """What the installed state depends on: the lock, the project's own metadata, and the interpreter."""
    own = (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(lock.read_bytes() + own + str(python.resolve()).encode()).hexdigest()


def install(pip: list[str], lock: Path) -> int:
    """The locked packages, then the project itself so that its source folder is what runs."""
    # Quiet, because two hundred lines say nothing; errors still come through.
    options = ["install", "-q", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    print(f"venv: installing the {packages(lock)} packages of {lock.relative_to(ROOT)}", flush=True)
    status = run([*pip, *options, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)])
    if status:
        print("venv: pip could not install the locked packages; its own lines above say why.", file=sys.stderr)
        return status
    return run([*pip, *options, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def packages(lock: Path) -> int:
    """How many packages a lock names."""
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


def main(arguments: list[str]) -> int:
    """Returns 0 when the environment has what the lock names."""
    if sys.version_info < OLDEST:
        print(f"venv: Python {sys.version.split()[0]} is too old; run `make PYTHON=python3.11` or newer.", file=sys.stderr)
        return 2
    if len(arguments) != 2:
        print("venv: name the folder and the lock file.", file=sys.stderr)
        return 2
    folder, lock = Path(arguments[0]).absolute(), ROOT / arguments[1]
    stamp = folder / f".installed-{lock.stem}"
    now = digest(lock, Path(sys.executable))
    if stamp.exists() and stamp.read_text(encoding="utf-8") == now and (folder / "bin" / "periderm").exists():
        print(f"venv: {packages(lock)} packages are there")
        return 0
    pip = make(folder)
    if not pip:
        print("venv: no pip here to fill the environment with: apt-get install python3-venv", file=sys.stderr)
        return 5
    status = install(pip, lock)
    if status == 0:
        stamp.write_text(now, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
