"""An incident as a PDF."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.incident_pdf import incident_pdf
from periderm.model.errors import NotFoundError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from tests import hostile
from tests.pdfs import said
from tests.story import INCIDENT_ID


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Attack on shop-web-1", "Why it is that bad", "cat read /etc/shadow", "203.0.113.7:3333", "Bring a shell")),
        ("zh", ("遭到攻击", "严重程度的依据", "cat 读取了 /etc/shadow", "203.0.113.7:3333", "带有 shell")),
    ],
)
def test_it_tells_the_whole_story(told: Application, language: str, words: tuple[str, ...]) -> None:
    """In either language; that it was handed on is noted."""
    text = said(incident_pdf(told, LOCAL_ADMIN, INCIDENT_ID, language)).replace("\n", " ")
    for word in words:
        assert word in text
    assert told.store.audit_entries(Query()).items[0].action == "incident.export"


def test_hostile_names_stay_text(empty: Application) -> None:
    """What an attacker named is escaped, and the file is whole."""
    hostile.tell(empty)
    data = incident_pdf(empty, LOCAL_ADMIN, INCIDENT_ID)
    assert data.endswith(b"%%EOF\n")
    assert "\u202e" not in said(data)


def test_a_huge_incident_is_bounded(told: Application) -> None:
    """And says what it leaves out."""
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    many = msgspec.structs.replace(incident, chain=incident.chain * 300, revision=incident.revision + 1)
    told.store.put_incident(many)
    assert "… and 1000 more" in said(incident_pdf(told, LOCAL_ADMIN, INCIDENT_ID))


def test_what_is_not_there(empty: Application) -> None:
    """Is told."""
    with pytest.raises(NotFoundError):
        incident_pdf(empty, LOCAL_ADMIN, "inc-none")
