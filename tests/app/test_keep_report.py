"""A scan that a person ran goes into the store."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.images import show_image
from periderm.app.keep_report import keep_report
from periderm.model.errors import DeniedError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query
from periderm.model.report import ALL_SCANNERS, Scanner
from tests.reports import report

WHOLE = msgspec.structs.replace(report(), scanners=tuple(ALL_SCANNERS), unfixed=0)


def test_it_is_in_the_lists(empty: Application) -> None:
    """With all that was found, also what its own exceptions took away; twice changes nothing."""
    keep_report(empty, LOCAL_ADMIN, WHOLE)
    keep_report(empty, LOCAL_ADMIN, WHOLE)
    story = show_image(empty, LOCAL_ADMIN, WHOLE.inventory.digest)
    assert story.state.name == WHOLE.inventory.reference
    assert story.total == len({f.id for f in (*WHOLE.findings, *WHOLE.excepted, *WHOLE.not_affected)})
    assert empty.store.packages(Query()).total == len(WHOLE.inventory.packages)


def test_a_scan_for_a_part_is_refused(empty: Application) -> None:
    """It would take away what an earlier one found."""
    for part in (
        msgspec.structs.replace(WHOLE, scanners=(Scanner.PACKAGES,)),
        msgspec.structs.replace(WHOLE, unfixed=3),
        msgspec.structs.replace(WHOLE, inventory=msgspec.structs.replace(WHOLE.inventory, digest="")),
    ):
        with pytest.raises(UsageError):
            keep_report(empty, LOCAL_ADMIN, part)
    assert empty.store.inventory_digests() == []


def test_readers_may_not(empty: Application) -> None:
    """Writing needs its right."""
    with pytest.raises(DeniedError):
        keep_report(empty, Principal("reader", frozenset({Permission.READ})), WHOLE)
