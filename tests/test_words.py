"""No file of the project names a machine, a registry's host, or the place where it was made."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Joined here, so that this file does not hold them itself.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"),
        ("/tm", "p/w/"),
        ("/root/.py", "env"),
        ("/opt/wh", "eels"),
        ("pypi", ".org"),
        ("python", "hosted"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("//crates", ".io"),  # the host; without the slashes it is the name that OSV gives to Rust's ecosystem
        ("index.crates", ".io"),
        ("static.crates", ".io"),
        ("deb.", "debian.org"),
        ("proxy.", "golang.org"),
        ("maven", ".org"),
        ("far", "m-"),
        ("issues ", "show"),
        ("co-", "founder"),
    )
)


def files() -> list[Path]:
    """What belongs to the project: committed, or about to be."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_where_it_was_made() -> None:
    """A clone must work anywhere, so no file leans on one machine or one mirror."""
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in files()
        for word in FORBIDDEN
        if word.encode() in path.read_bytes().lower()
    ]
    assert found == []


def test_nothing_downloaded_is_kept() -> None:
    """Wheels, packages, images and objects are made or fetched where they are needed."""
    kinds = {".whl", ".deb", ".o", ".so", ".tar", ".gz", ".zst", ".xz", ".sqlite", ".parquet", ".pyc"}
    kept = [str(p.relative_to(ROOT)) for p in files() if p.suffix in kinds and "tests" not in p.relative_to(ROOT).parts]
    assert kept == []


def test_locked_requirements_have_hashes_and_no_addresses() -> None:
    """What is installed is what was reviewed, from whatever mirror a machine uses."""
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        if lock.stem == "debian":
            continue
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert not [line for line in text.splitlines() if line.startswith("-")]
        packages = [block for block in text.replace("\\\n", "").splitlines() if "==" in block]
        assert packages
        assert [line for line in packages if "--hash=sha256:" not in line] == []
