"""Incidents like one."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.similar import LATEST, MOST, similar_incidents
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.story import INCIDENT_ID


def test_old_ones_of_the_same_workload_are_found(told: Application) -> None:
    """Also behind more recent incidents than are looked at."""
    one = told.store.incident(INCIDENT_ID)
    assert one is not None
    told.store.put_incident(msgspec.structs.replace(one, id="inc-old", last_time=1))
    other = msgspec.structs.replace(one, workload_id="", image_digest="", chain=(), processes=())
    with told.store.transaction():
        for number in range(LATEST + 5):
            told.store.put_incident(msgspec.structs.replace(other, id=f"inc-{number}"))
    found = similar_incidents(told, LOCAL_ADMIN, INCIDENT_ID)
    assert [(each.incident.id, each.score) for each in found] == [("inc-old", 100)]


def test_at_most_so_many_are_told(told: Application) -> None:
    """The likest."""
    one = told.store.incident(INCIDENT_ID)
    assert one is not None
    for number in range(MOST + 3):
        told.store.put_incident(msgspec.structs.replace(one, id=f"inc-{number}"))
    assert len(similar_incidents(told, LOCAL_ADMIN, INCIDENT_ID)) == MOST


def test_it_takes_the_right_to_read(told: Application) -> None:
    """And an incident."""
    with pytest.raises(NotFoundError):
        similar_incidents(told, LOCAL_ADMIN, "none")
    with pytest.raises(DeniedError):
        similar_incidents(told, Principal("user:nobody", frozenset()), INCIDENT_ID)
