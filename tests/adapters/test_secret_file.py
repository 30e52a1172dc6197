"""The service secret."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from periderm.adapters.secret_file import ensure_secret, read_secret
from periderm.model.errors import DeniedError, UsageError


def test_made_once_and_private(tmp_path: Path) -> None:
    """The secret is made once, is long, and nobody else can read it."""
    path = tmp_path / "state" / "token"
    first = ensure_secret(str(path))
    assert len(first) >= 40
    assert ensure_secret(str(path)) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["token"]


def test_two_at_once_agree(tmp_path: Path) -> None:
    """Processes that start together end with one and the same secret."""
    path = str(tmp_path / "token")
    with ThreadPoolExecutor(1) as pool:
        secrets = set(pool.map(lambda _: ensure_secret(path), range(20)))
    assert len(secrets) == 1


def test_open_file_is_refused(tmp_path: Path) -> None:
    """A file that others may read is no secret, and the error says what to do."""
    path = tmp_path / "token"
    ensure_secret(str(path))
    path.chmod(0o644)
    with pytest.raises(UsageError, match="rm "):
        ensure_secret(str(path))


def test_symlink_is_refused(tmp_path: Path) -> None:
    """A link that somebody put in the way is not followed."""
    real = tmp_path / "real"
    real.write_text("x" * 64)
    real.chmod(0o600)
    link = tmp_path / "token"
    link.symlink_to(real)
    with pytest.raises(UsageError):
        ensure_secret(str(link))


def test_a_persons_secret_is_read(tmp_path: Path) -> None:
    """Without the line's end; one that everybody may read, that is empty, missing or no file, is refused by its name alone."""
    path = tmp_path / "s"
    path.write_text("user:" + "word\n")
    path.chmod(0o640)
    assert read_secret(str(path)) == "user:" + "word"
    path.chmod(0o604)
    with pytest.raises(DeniedError, match="Everybody") as caught:
        read_secret(str(path))
    assert "word" not in str(caught.value)
    path.chmod(0o600)
    path.write_bytes(b"\xff\xfe")
    for wrong in (path, tmp_path / "none", tmp_path):
        with pytest.raises(DeniedError):
            read_secret(str(wrong))
    path.write_text(" \n")
    with pytest.raises(DeniedError, match="no secret"):
        read_secret(str(path))
