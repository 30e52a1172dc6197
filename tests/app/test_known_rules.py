"""Rules for readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.app.application import Application
from periderm.app.known_rules import show_rules
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.app.test_rules_shelf import shelved


def test_without_a_folder_nothing_is_claimed(empty: Application) -> None:
    """None, and not an empty list."""
    assert show_rules(empty, LOCAL_ADMIN) is None


def test_who_may_read_sees_the_detectors(empty: Application, tmp_path: Path) -> None:
    """And nobody else; a folder that is not there has no packs."""
    app = shelved(empty, tmp_path / "rules")
    found = show_rules(app, LOCAL_ADMIN)
    assert found is not None
    assert found.rules
    assert found.packs == ()
    with pytest.raises(DeniedError):
        show_rules(app, Principal("x", frozenset()))
