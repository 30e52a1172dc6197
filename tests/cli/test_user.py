"""`periderm user`: accounts by command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def test_an_account_is_added_changed_and_removed(periderm: Periderm, state: Path) -> None:
    """With a link for a person; no secret is ever listed."""
    status, told, _ = periderm("user", "add", "ada", "--role", "viewer", "--role", "responder@application=shop,label:team=web")
    assert status == 0
    assert "/sign-in?token=" in told
    (listed,) = json.loads(periderm("user", "--json")[1])
    assert listed["rights"] == ["viewer", "responder@application=shop,label:team=web"]
    assert not {"password", "totp", "recovery"} & set(listed)
    assert periderm("user", "change", "ada", "--role", "admin", "--full-name", "Ada L.")[0] == 0
    assert periderm("user", "disable", "ada")[0] == 0
    assert "disabled" in periderm("user")[1]
    assert periderm("user", "link", "ada")[0] == 2
    assert periderm("user", "enable", "ada")[0] == 0
    assert "/sign-in?token=" in periderm("user", "link", "ada")[1]
    assert periderm("user", "reset", "ada")[0] == 0
    assert periderm("user", "sessions")[0] == 0
    assert "0" in periderm("user", "sign-out", "ada")[1]
    assert periderm("user", "remove", "ada")[0] == 0
    assert json.loads(periderm("user", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["add"], 2),
        (["add", "Ada"], 2),
        (["add", "local"], 2),
        (["add", "bob", "--role", "king"], 2),
        (["add", "bob", "--role", "admin@application=shop"], 2),
        (["add", "bob", "--group", "none"], 2),
        (["add", "ada"], 2),
        (["change", "ada"], 2),
        (["change", "none", "--role", "viewer"], 4),
        (["remove", "none"], 4),
        (["link", "none"], 4),
        (["list", "--service"], 2),
    ],
)
def test_what_is_not_possible(periderm: Periderm, state: Path, words: list[str], status: int) -> None:
    """Says what to write; nothing is changed."""
    periderm("user", "add", "ada")
    assert periderm("user", *words)[0] == status
    assert [a["name"] for a in json.loads(periderm("user", "--json")[1])] == ["ada"]
