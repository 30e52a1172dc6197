"""The file of a machine's identity."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.membership_local.identity import Identity, IdentityFile
from periderm.model.errors import DeniedError, NotFoundError

IDENTITY = Identity(
    server="https://s:8844", node_id="node-1", name="web", key="k", certificate="c", authorities=("a",), since=100, until=300
)


def test_it_comes_back_and_is_its_owners_alone(tmp_path: Path) -> None:
    """And its stamp changes with it."""
    file = IdentityFile(str(tmp_path / "deep" / "identity.pem"))
    assert file.stamp() == (0, 0)
    with pytest.raises(NotFoundError, match="has not joined"):
        file.load()
    file.save(IDENTITY)
    first = file.stamp()
    assert file.load() == IDENTITY
    assert stat.S_IMODE((tmp_path / "deep" / "identity.pem").stat().st_mode) == 0o600
    file.save(msgspec.structs.replace(IDENTITY, until=500))
    assert file.stamp() != first
    assert (IDENTITY.half, file.load().half) == (200, 300)


def test_what_others_may_read_or_is_damaged_is_refused(tmp_path: Path) -> None:
    """With what to do."""
    path = tmp_path / "identity.pem"
    file = IdentityFile(str(path))
    file.save(IDENTITY)
    path.chmod(0o644)
    with pytest.raises(DeniedError, match="chmod 600"):
        file.load()
    path.chmod(0o600)
    path.write_text("{")
    with pytest.raises(DeniedError, match="damaged"):
        file.load()
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeniedError):
        file.load()
