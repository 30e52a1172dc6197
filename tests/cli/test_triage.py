"""`periderm triage`: whose, until when, what was said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.triage import STATES
from periderm.model.handling import HandlingState
from tests.cli.conftest import Periderm


def incident_of(periderm: Periderm) -> str:
    """The told story's."""
    found: str = json.loads(periderm("incidents", "--json")[1])["items"][0]["id"]
    return found


def test_the_life_of_an_incident(periderm: Periderm, state: Path) -> None:
    """Assigned, said, ticketed, listed, shown with all that was said, closed."""
    name = incident_of(periderm)
    assert "Nobody deals" in periderm("triage")[1]
    assert periderm("triage", "assign", name, "--to", "ada")[0] == 0
    assert periderm("triage", "comment", name, "--text", "looks real")[0] == 0
    assert periderm("triage", "ticket", name, "--at", "https://tickets.test/1")[0] == 0
    assert periderm("triage", "due", name, "--until", "2030-01-31")[0] == 0
    shown = periderm("triage", "show", name)[1]
    for part in ("ticketed", "ada", "looks real", "Ticket: https://tickets.test/1", "2030", "set by a person"):
        assert part in shown
    assert name in periderm("triage", "--of", "ada", "--only", "open")[1]
    assert "Nobody deals" in periderm("triage", "--of", "bo")[1]
    assert json.loads(periderm("triage", "close", name, "--json")[1])[0]["state"] == "closed"
    assert "Nothing was changed" in periderm("triage", "accept", name, "--dry-run")[1]
    assert periderm("triage", "close", name, "--dry-run")[0] == 2
    assert periderm("triage", "accept", name, "--text", "known", "--until", "2027-03-31")[0] == 0
    assert json.loads(periderm("triage", "reopen", name, "--json")[1])[0]["state"] == "assigned"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["assign"], 2),
        (["list", "x"], 2),
        (["assign", "fnd-none", "--to", "ada"], 4),
        (["accept", "fnd-none", "--text", "x"], 2),
        (["due", "fnd-none", "--until", "soon"], 2),
        (["trends", "--days", "0"], 2),
    ],
)
def test_what_is_wrong_is_told(periderm: Periderm, state: Path, words: list[str], status: int) -> None:
    """With what to write; nothing changes."""
    found, _, err = periderm("triage", *words)
    assert found == status
    assert err
    assert json.loads(periderm("triage", "--json")[1])["total"] == 0


def test_trends_are_a_table(periderm: Periderm, state: Path) -> None:
    """A line for each day, in either language."""
    assert len(periderm("triage", "trends", "--days", "7")[1].splitlines()) == 8
    assert "存量" in periderm("triage", "trends", "--lang", "zh")[1]
    assert len(json.loads(periderm("triage", "trends", "--json")[1])) == 30


def test_every_state_has_words() -> None:
    """In both languages."""
    assert STATES.keys() == set(HandlingState)
    assert all(text.en and text.zh for text in STATES.values())
