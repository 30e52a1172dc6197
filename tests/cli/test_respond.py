"""`periderm respond`: order, dry-run, list, take back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def ids(periderm: Periderm) -> list[str]:
    """What is listed."""
    return [record["effect"]["id"] for record in json.loads(periderm("respond", "list", "--json")[1])]


def test_what_was_done_is_listed_and_shown(periderm: Periderm, state: Path) -> None:
    """With who decided, why, and what became of it; one by its id."""
    known = ids(periderm)
    listed = periderm("respond")[1]
    assert known
    assert all(each in listed for each in known)
    assert known[0] in periderm("respond", "show", known[0])[1]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["melt", "shop"], 2),
        (["pause", "a", "b"], 2),
        (["undo"], 2),
        (["pause", "shop"], 2),
        (["pause", "nowhere", "--reason", "x"], 4),
        (["undo", "eff-none", "--reason", "x"], 4),
        (["show", "eff-none"], 4),
        (["kill", "--reason", "x", "--pid", "4194300"], 4),
        (["pause", "shop", "--reason", "x", "--for", "soon"], 2),
    ],
)
def test_what_cannot_be_done_says_why(periderm: Periderm, state: Path, words: list[str], status: int) -> None:
    """With the documented exit status, and nothing is ordered."""
    before = ids(periderm)
    found, _, err = periderm("respond", *words)
    assert (found, bool(err)) == (status, True)
    assert ids(periderm) == before
