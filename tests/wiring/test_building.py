"""What builds work with on this machine is put together without loading it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.settings import Settings
from tests.building import KEY


def test_keys_and_folders(tmp_path: Path) -> None:
    """The machine's own key is made once; one that was named is read; folders are made."""
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    assert wiring.signing_key(settings)[2]
    assert not wiring.signing_key(settings)[2]
    (tmp_path / "k.pem").write_bytes(KEY)
    assert wiring.signing_key(settings, str(tmp_path / "k.pem")) == (KEY, "", False)
    with pytest.raises(NotFoundError):
        wiring.signing_key(settings, str(tmp_path / "none"))
    assert Path(wiring.attestation_folder(settings)).is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError):
        wiring.attestation_folder(settings, str(tmp_path / "file"))


def test_parts(tmp_path: Path) -> None:
    """With a store only where that was asked for."""
    settings = Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))
    assert wiring.build_parts(settings).keep is None
    assert wiring.build_parts(settings, store=True).keep is not None
