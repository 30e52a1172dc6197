"""`periderm join-token`: new, list, revoke."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def test_a_token_is_shown_once_and_listed_without_its_secret(periderm: Periderm, state: Path) -> None:
    """What standard output has is the token alone, so that a script can take it."""
    status, out, err = periderm("join-token", "new", "--name", "web-1", "--expires", "30m")
    assert status == 0
    token = out.strip()
    assert token.startswith("periderm-join.")
    assert "works once" in err
    _, identity, secret, _ = token.split(".")
    row = periderm("join-token")[1]
    assert identity in row
    assert "web-1" in row
    assert "not used yet" in row
    (kept,) = json.loads(periderm("join-token", "--json")[1])
    assert kept["expires"] - kept["created"] == 1800 * 10**9
    assert secret not in json.dumps(kept)
    assert "digest" not in kept
    assert periderm("join-token", "revoke", identity)[0] == 0
    assert "revoked" in periderm("join-token", "list")[1]
    assert periderm("join-token", "revoke", "none")[0] == 4


def test_json(periderm: Periderm, state: Path) -> None:
    """The token is a field."""
    made = json.loads(periderm("join-token", "new", "--json")[1])
    assert made["token"].split(".")[1] == made["id"]
    assert "There is no join token" not in periderm("join-token")[1]


@pytest.mark.parametrize("words", [["make"], ["revoke"], ["new", "web"], ["new", "--expires", "90d"], ["new", "--again"]])
def test_what_is_not_understood(periderm: Periderm, state: Path, words: list[str]) -> None:
    """A usage error; no token is made."""
    assert periderm("join-token", *words)[0] == 2
    assert "no join token" in periderm("join-token")[1]
