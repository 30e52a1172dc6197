"""The record of transfers is for whoever may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.app.transfers import list_transfers
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.adapters.store_sql.test_transfers import TRANSFER
from tests.story import FixedClock, application


def test_the_record(tmp_path: Path) -> None:
    """Newest first, bounded."""
    app = application(tmp_path, FixedClock())
    assert list_transfers(app, LOCAL_ADMIN) == []
    app.store.put_transfer(TRANSFER)
    assert list_transfers(app, LOCAL_ADMIN, -5) == [TRANSFER]
    with pytest.raises(DeniedError):
        list_transfers(app, Principal("nobody", frozenset()))
