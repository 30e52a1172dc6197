"""One key pair for each machine, made once, and nobody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.signing_key import PRIVATE, ensure_key
from periderm.algorithms.signing import sign, verify
from periderm.model.errors import UsageError


def test_made_once(tmp_path: Path) -> None:
    """Then the same; the halves belong together; only its owner reads the private one."""
    private, public, made = ensure_key(str(tmp_path / "keys"))
    assert made
    assert ensure_key(str(tmp_path / "keys")) == (private, public, False)
    assert verify(sign(b"x", "t", private), [Path(public).read_bytes()], "t") == b"x"
    assert (tmp_path / "keys" / PRIVATE).stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in (tmp_path / "keys").iterdir()) == ["signing.pem", "signing.pub.pem"]


def test_what_others_may_read_is_no_secret(tmp_path: Path) -> None:
    """Nor a link, nor a folder that cannot be."""
    ensure_key(str(tmp_path))
    (tmp_path / PRIVATE).chmod(0o644)
    with pytest.raises(UsageError, match="alone"):
        ensure_key(str(tmp_path))
    (tmp_path / PRIVATE).rename(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", tmp_path / PRIVATE)
    with pytest.raises(UsageError):
        ensure_key(str(tmp_path))
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        ensure_key(str(tmp_path / "file"))
