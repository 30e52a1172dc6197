"""The search for a package."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.packages import search_packages
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Principal
from periderm.model.query import Query
from tests.scanned import tell_scans


def test_a_package_is_found_in_every_image(empty: Application) -> None:
    """With what runs."""
    tell_scans(empty)
    found = search_packages(empty, LOCAL_ADMIN, Query(text="=lodash"))
    assert [(p.reference, p.running) for p in found.items] == [
        ("registry.test/shop/web-0:2.4", 2),
        ("registry.test/shop/web-2:2.4", 0),
    ]


def test_who_may_not_read_is_refused(empty: Application) -> None:
    """No permission, no package."""
    with pytest.raises(DeniedError):
        search_packages(empty, Principal("nobody", frozenset()), Query())
