"""`periderm token`: made once, listed without the secret, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def test_a_token_is_shown_once(periderm: Periderm, state: Path) -> None:
    """The list has its name and what it may, and the database not the secret."""
    assert periderm("user", "add", "ci", "--service", "--role", "responder")[0] == 0
    status, secret, _ = periderm("token", "new", "ci", "--name", "gate", "--may", "read", "--in", "application=shop")
    assert status == 0
    assert secret.startswith("periderm_")
    (listed,) = json.loads(periderm("token", "--json")[1])
    assert (listed["account"], listed["name"], listed["permissions"]) == ("ci", "gate", ["read"])
    assert "gate" in periderm("token")[1]
    stored = b"".join(p.read_bytes() for p in state.rglob("*") if p.is_file())
    assert secret.strip().encode() not in stored
    assert periderm("token", "revoke", listed["id"])[0] == 0
    assert periderm("token", "revoke", listed["id"])[0] == 4
    assert json.loads(periderm("token", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["new", "ci"], 2),
        (["new", "none", "--name", "x"], 4),
        (["new", "ci", "--name", "x", "--may", "ingest"], 2),
        (["new", "ci", "--name", "x", "--may", "admin"], 6),
        (["new", "ci", "--name", "x", "--days", "0"], 2),
        (["new", "ci", "--name", "x", "--in", "owner=me"], 2),
        (["new"], 2),
    ],
)
def test_what_is_not_possible(periderm: Periderm, state: Path, words: list[str], status: int) -> None:
    """A token may never do more than its account."""
    periderm("user", "add", "ci", "--service")
    assert periderm("token", *words)[0] == status
    assert json.loads(periderm("token", "--json")[1]) == []
