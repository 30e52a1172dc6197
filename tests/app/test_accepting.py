"""What bearing a risk would take out of what is open."""

from __future__ import annotations

import pytest

from periderm.app.accepting import MOST_PREVIEWED, preview_acceptance
from periderm.app.application import Application
from periderm.app.handling import handling_of
from periderm.app.incidents import list_incidents
from periderm.correlate.weakness import place_of, risk_id
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.model.query import Query, every
from periderm.model.severity import Severity
from tests.scanned import digest, tell_scans

READER = Principal("user:eve", frozenset({Permission.READ}))


def test_it_counts_the_same_weakness_in_all_images_of_its_place(empty: Application) -> None:
    """As often as a walk over everything finds it; and changes nothing."""
    tell_scans(empty)
    grave = empty.store.findings(Query(image_digest=digest(0), severity_at_least=Severity.CRITICAL, limit=100)).items
    for finding in grave:
        before = handling_of(empty, READER, finding.id)
        (found,) = preview_acceptance(empty, READER, [finding.id, finding.id])
        alike = [
            each
            for each in every(empty.store.findings, Query(limit=1000))
            if risk_id(each, place_of(empty.store.asset(each.asset_id), each.asset_id)) == before.id
        ]
        assert (found.findings, found.assets) == (len(alike), len({each.asset_id for each in alike}))
        assert found.findings >= 1
        assert found.whole
        assert handling_of(empty, READER, finding.id) == before == found.handling
    assert any(preview_acceptance(empty, READER, [finding.id])[0].running for finding in grave)


def test_of_an_incident_there_is_but_itself(told: Application) -> None:
    """It has no place."""
    incident = list_incidents(told, LOCAL_ADMIN, Query()).items[0]
    (found,) = preview_acceptance(told, READER, [incident.id])
    assert (found.handling.id, found.findings) == (incident.id, 0)


def test_what_is_refused(told: Application) -> None:
    """Nothing named, too many, what is not there, who may not read."""
    for names in ([], [str(number) for number in range(MOST_PREVIEWED + 1)]):
        with pytest.raises(UsageError):
            preview_acceptance(told, READER, names)
    with pytest.raises(NotFoundError):
        preview_acceptance(told, READER, ["nothing"])
    with pytest.raises(DeniedError):
        preview_acceptance(told, Principal("user:none", frozenset()), ["nothing"])
