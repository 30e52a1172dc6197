"""Incidents as values."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings

from periderm.model.incident import Incident, IncidentState
from tests.strategies import values


def test_states_are_pinned() -> None:
    """People's decisions are stored by these names."""
    assert [state.value for state in IncidentState] == ["new", "acknowledged", "resolved", "false-alarm"]


@given(values(Incident))
@settings(max_examples=25, deadline=None)
def test_an_incident_survives_the_wire(incident: Incident) -> None:
    """Chain, tree, links and reasons are read back equal, and the value cannot be changed in place."""
    for codec in (msgspec.json, msgspec.msgpack):
        assert codec.decode(codec.encode(incident), type=Incident) == incident
    with pytest.raises(AttributeError):
        incident.state = IncidentState.RESOLVED  # type: ignore[misc]
