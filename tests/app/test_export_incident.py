"""An incident as a document."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.export_incident import SCHEMA, IncidentExport, export_incident
from periderm.app.incidents import show_incident
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.story import INCIDENT_ID


def test_it_holds_the_whole_story(told: Application) -> None:
    """Read back, it is what is shown; with who exported it and when."""
    one = told.store.incident(INCIDENT_ID)
    assert one is not None
    told.store.put_incident(msgspec.structs.replace(one, id="inc-2"))
    content = export_incident(told, LOCAL_ADMIN, INCIDENT_ID)
    read = msgspec.json.decode(content, type=IncidentExport)
    assert read.story == show_incident(told, LOCAL_ADMIN, INCIDENT_ID)
    assert (read.schema, read.exported, read.exported_by) == (SCHEMA, told.clock.now(), LOCAL_ADMIN.name)
    assert [each.incident_id for each in read.similar] == ["inc-2"]
    assert [flow.peer for flow in read.flows] == ["203.0.113.7"]
    assert "/etc/shadow" in {file.path for file in read.files}
    assert read.handling.subject_id == INCIDENT_ID
    assert content.endswith(b"}\n")


def test_it_takes_the_right_to_read(told: Application) -> None:
    """And an incident."""
    with pytest.raises(NotFoundError):
        export_incident(told, LOCAL_ADMIN, "none")
    with pytest.raises(DeniedError):
        export_incident(told, Principal("user:nobody", frozenset()), INCIDENT_ID)
