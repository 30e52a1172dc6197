"""`periderm search`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.search import NAMES
from periderm.model.search import Family
from tests.cli.conftest import Periderm


def test_what_fits_is_told_by_kind(periderm: Periderm, state: Path) -> None:
    """As tables, or as one document; what was not searched is said."""
    status, shown, said = periderm("search", "severity>=low", "container:shop*")
    assert status == 0
    assert "Incidents: 1 of 1" in shown
    assert "Not searched: " in shown + said
    found = json.loads(periderm("search", "shop", "in:incidents", "--json")[1])
    assert [group["family"] for group in found["groups"]] == ["incidents"]
    assert periderm("search", "nosuchword", "in:incidents")[0] == 0


def test_what_may_come_next(periderm: Periderm, state: Path) -> None:
    """Names of fields and of what is known."""
    assert "severity>=" in periderm("search", "--complete", "sever")[1]
    assert json.loads(periderm("search", "--complete", "container:shop", "--json")[1])
    assert periderm("search", "--views")[0] == 0


@pytest.mark.parametrize("words", [(), ("nowhere:x",), ("(a",), ("a", "--limit", "0")])
def test_what_cannot_be_asked_is_told(periderm: Periderm, state: Path, words: tuple[str, ...]) -> None:
    """Before anything is printed."""
    assert periderm("search", *words)[0] == 2


def test_every_kind_has_a_name() -> None:
    """In both languages."""
    assert set(NAMES) == set(Family)
