"""The built browser assets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from periderm.console.assets import load
from periderm.model.errors import UsageError
from tools.build_assets import build


def test_what_was_built_is_loaded(tmp_path: Path) -> None:
    """Under hashed names, with the compressed form of the same bytes."""
    manifest = build(target=tmp_path)
    loaded = load(tmp_path)
    assert set(loaded.addresses) == {"console.css", "console.js", "mark.svg"}
    for name, hashed in manifest.items():
        asset = loaded.files[hashed]
        assert loaded.addresses[name] == f"/static/{hashed}"
        assert gzip.decompress(asset.small) == asset.data


def test_without_a_build_the_command_is_told(tmp_path: Path) -> None:
    """Not a traceback."""
    with pytest.raises(UsageError, match="not built") as error:
        load(tmp_path)
    assert "make" in error.value.next_step
