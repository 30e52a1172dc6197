"""`periderm session`: announce, list, end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def test_announce_list_end(periderm: Periderm, state: Path) -> None:
    """What was announced is listed with its reason until it is ended."""
    status, out, _ = periderm("session", "announce", "shop-*", "--reason", "a full disk", "--for", "30m")
    assert status == 0
    assert "their alerts stay alerts" in out
    (kept,) = json.loads(periderm("session", "--json")[1])
    assert kept["until"] - kept["since"] == 30 * 60 * 10**9
    row = periderm("session")[1].splitlines()[1]
    for part in (kept["id"], "shop-*", "local", "a full disk"):
        assert part in row
    assert periderm("session", "end", kept["id"])[0] == 0
    assert "No session is announced" in periderm("session")[1]
    assert kept["id"] in periderm("session", "--past")[1]
    assert periderm("session", "end", "ses-none")[0] == 4


@pytest.mark.parametrize(
    "words",
    [["announce"], ["end"], ["begin", "shop"], ["announce", "shop"], ["announce", "shop", "--reason", "r", "--for", "soon"]],
)
def test_what_is_not_understood(periderm: Periderm, state: Path, words: list[str]) -> None:
    """A usage error that says what to write; nothing is announced."""
    status, _, err = periderm("session", *words)
    assert status == 2
    assert err
    assert json.loads(periderm("session", "--json")[1]) == []
