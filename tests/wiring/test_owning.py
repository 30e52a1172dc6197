"""Where a table of owners comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.model.errors import DeniedError, NotFoundError
from periderm.wiring.owning import owner_document


def test_a_file_or_an_address(tmp_path: Path) -> None:
    """A file as it is; a token that is named and not there is told before anything is sent."""
    table = tmp_path / "x.csv"
    table.write_bytes(b"name,owner\n")
    assert owner_document(str(table)) == b"name,owner\n"
    with pytest.raises(NotFoundError):
        owner_document(str(tmp_path / "none.csv"))
    with pytest.raises(DeniedError):
        owner_document("https://127.0.0.1:1/x", token="env:PERIDERM_NO_SUCH_TOKEN")
