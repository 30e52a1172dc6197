"""Notices as alerts of Alertmanager, held against its own API description."""

from __future__ import annotations

import datetime

import jsonschema
import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.notices.alertmanager import HOLD_NS, alerts
from periderm.model.notice import Occasion
from periderm.model.severity import Severity
from tests.told import NOW, hostile_notice, message, notice

_SET = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}}
# `postableAlerts` of api/v2/openapi.yaml.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["labels"],
        "properties": {
            "startsAt": {"type": "string", "format": "date-time"},
            "endsAt": {"type": "string", "format": "date-time"},
            "annotations": _SET,
            "labels": _SET | {"required": ["alertname"], "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_]*$"}},
            "generatorURL": {"type": "string", "format": "uri"},
        },
        "additionalProperties": False,
    },
}


def moment(text: str) -> int:
    """Unix nanoseconds of an RFC 3339 time."""
    return int(datetime.datetime.fromisoformat(text).timestamp()) * 10**9


@given(st.text(max_size=50), st.integers(min_value=0, max_value=2**63 - 1))
def test_alerts_are_as_described(words: str, time: int) -> None:
    """For any text and time."""
    made = alerts(message(notice(place=words, owner=words, started=time), hostile_notice()))
    jsonschema.validate(made, SCHEMA, format_checker=jsonschema.FormatChecker())
    for alert in made:
        assert moment(alert["startsAt"]) <= moment(alert["endsAt"])


def test_what_goes_on_holds_and_what_is_over_ends_now() -> None:
    """The same labels: it is the same alert that ends."""
    goes_on, over = alerts(message(notice(), notice(occasion=Occasion.INCIDENT_CLOSED, ends=True, subject_id="inc-shop")))
    assert goes_on["labels"] == over["labels"]
    assert goes_on["labels"]["alertname"] == "PeridermIncident"
    assert (moment(goes_on["endsAt"]), moment(over["endsAt"])) == (NOW + HOLD_NS, NOW)


def test_each_leads_to_its_own_page() -> None:
    """Not to that of the worst."""
    made = alerts(message(notice(), notice(subject_id="inc-2", path="/incidents/inc-2", severity=Severity.LOW)))
    assert [a["generatorURL"] for a in made] == [
        "https://periderm.test/incidents/inc-shop",
        "https://periderm.test/incidents/inc-2",
    ]
    assert "generatorURL" not in alerts(msgspec.structs.replace(message(), link=""))[0]
