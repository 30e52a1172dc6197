"""Our own JSON of notices."""

from __future__ import annotations

import json

import msgspec

from periderm.formats.notices.records import body, line
from tests.story import incident
from tests.told import NOW, message, notice

FIELDS = [
    *("id", "time", "occasion", "subject", "severity", "title", "summary", "place", "detector", "owner", "application"),
    *("environment", "path", "over", "facts", "record"),
]


def test_its_fields_are_stable() -> None:
    """A receiver relies on their names; a new one may come, none may go."""
    assert list(line(message(), notice())) == FIELDS
    assert set(body(message())) == {"type", "id", "time", "version", "title", "text", "link", "more", "notices"}


def test_the_record_itself_is_there() -> None:
    """As the API shows it; null where it is gone."""
    record = incident(NOW, NOW)
    told = json.loads(
        msgspec.json.encode(body(message(notice(subject_id=record.id), notice(subject_id="inc-2"), records=(record,))))
    )
    assert [n["record"] and n["record"]["id"] for n in told["notices"]] == [record.id, None]
    assert told["notices"][0]["facts"] == {"Node": "shop-01", "Stages": "Execution"}
