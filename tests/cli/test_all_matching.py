"""`--all` of `periderm incidents` and `periderm findings`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import INCIDENT, Periderm


def test_incidents_are_counted_before_they_are_changed(periderm: Periderm, state: Path) -> None:
    """Without --expect nothing changes, and the command says how to go on."""
    status, out, _ = periderm("incidents", "resolve", "--all", "--status", "new")
    assert (status, out) == (0, "1 match. Nothing was changed; to do it, say the same with --expect 1.\n")
    assert json.loads(periderm("incidents", INCIDENT, "--json")[1])["incident"]["state"] == "new"
    assert periderm("incidents", "resolve", "--all", "--status", "new", "--expect", "1")[1] == "1 changed.\n"
    assert json.loads(periderm("incidents", INCIDENT, "--json")[1])["incident"]["state"] == "resolved"
    assert periderm("incidents", "resolve", "--all", "--status", "new")[1] == "Nothing matches.\n"
    status, _, told = periderm("incidents", "resolve", "--all", "--status", "new", "--expect", "1")
    assert (status, "Nothing matches any more" in told) == (2, True)


def test_findings_are_assigned(periderm: Periderm, state: Path) -> None:
    """All of the filter, and what was done is what `triage` lists."""
    counted = json.loads(periderm("findings", "assign", "--all", "--to", "ada", "--severity", "low", "--json")[1])
    assert counted["count"] > 0
    expect = ("--expect", str(counted["count"]))
    done = json.loads(periderm("findings", "assign", "--all", "--to", "ada", "--severity", "low", *expect, "--json")[1])
    assert done == {"changed": counted["count"]}
    listed = json.loads(periderm("triage", "--of", "ada", "--json")[1])["items"]
    assert listed
    assert {each["assignee"] for each in listed} == {"ada"}


@pytest.mark.parametrize(
    "words",
    [
        ("incidents", "resolve", INCIDENT, "--all"),
        ("incidents", "show", "--all"),
        ("incidents", "--all"),
        ("incidents", "resolve", INCIDENT, "--expect", "1"),
        ("incidents", "resolve", "--all", "--expect", "0"),
        ("findings", "accept", "--all"),
        ("findings", "close", "fnd-1"),
    ],
)
def test_what_is_not_understood_changes_nothing(periderm: Periderm, state: Path, words: tuple[str, ...]) -> None:
    """One sentence says what goes together."""
    status, _, told = periderm(*words)
    assert status == 2
    assert len(told.splitlines()) <= 2
    assert json.loads(periderm("incidents", INCIDENT, "--json")[1])["incident"]["state"] == "new"
