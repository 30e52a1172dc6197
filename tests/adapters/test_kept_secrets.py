"""Secrets that were typed: files that only their owner reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.kept_secrets import LONGEST, KeptSecrets
from periderm.adapters.secret_file import read_secret
from periderm.model.errors import StoreError, UsageError


def test_what_is_kept_is_read_by_where_it_lies(tmp_path: Path) -> None:
    """By its owner only, each in a file of its own; forgotten it is gone."""
    kept = KeptSecrets(str(tmp_path / "secrets"))
    one, other = kept.keep("notify-ops", " a token "), kept.keep("notify-ops", "another")
    assert read_secret(one.removeprefix("file:")) == "a token"
    assert one != other
    assert os.stat(one.removeprefix("file:")).st_mode & 0o777 == 0o600
    assert os.stat(tmp_path / "secrets").st_mode & 0o777 == 0o700
    kept.forget(one)
    kept.forget(one)
    assert [name.name for name in (tmp_path / "secrets").iterdir()] == [os.path.basename(other)]


def test_only_what_is_ours_is_forgotten(tmp_path: Path) -> None:
    """Whatever a reference says."""
    kept = KeptSecrets(str(tmp_path / "secrets"))
    kept.keep("notify-ops", "x")
    there = tmp_path / "secrets" / "by-hand"
    beside = tmp_path / "ops.0123456789abcdef"
    for path in (there, beside):
        path.write_text("mine", encoding="utf-8")
    led = f"file:{tmp_path}/secrets/../ops.0123456789abcdef"
    for reference in (f"file:{there}", f"file:{beside}", led, "env:HOME", "", "docker"):
        assert not kept.mine(reference)
        kept.forget(reference)
    assert there.exists()
    assert beside.exists()


@pytest.mark.parametrize("secret", ["", "  ", "two\nlines", "x" * (LONGEST + 1), "\x00"])
def test_what_is_no_secret(tmp_path: Path, secret: str) -> None:
    """Nothing is left of it."""
    with pytest.raises(UsageError):
        KeptSecrets(str(tmp_path / "secrets")).keep("ops", secret)
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", ".x", "x" * 200])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    """Nothing is written elsewhere."""
    with pytest.raises(UsageError):
        KeptSecrets(str(tmp_path / "secrets")).keep(name, "secret")


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """Is told, and not what was to be kept."""
    (tmp_path / "secrets").write_text("a file", encoding="utf-8")
    with pytest.raises(StoreError) as told:
        KeptSecrets(str(tmp_path / "secrets")).keep("ops", "a secret word")
    assert "secret word" not in str(told.value)
