"""`periderm group`: rights that several share."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Periderm


def test_a_group_grants_and_is_removed(periderm: Periderm, state: Path) -> None:
    """Its members have what it grants for as long as it is there."""
    assert periderm("group", "put", "web", "--role", "responder@application=shop")[0] == 0
    assert periderm("user", "add", "ada", "--group", "web")[0] == 0
    (group,) = json.loads(periderm("group", "--json")[1])
    assert group == {"name": "web", "grants": ["responder@application=shop"], "members": ["ada"]}
    assert "ada" in periderm("group")[1]
    (ada,) = json.loads(periderm("user", "--json")[1])
    assert "responder@application=shop" in ada["rights"]
    assert periderm("group", "remove", "web")[0] == 0
    assert json.loads(periderm("user", "--json")[1])[0]["rights"] == ["viewer"]
    assert periderm("group", "remove", "web")[0] == 4
    assert periderm("group", "put")[0] == 2
    assert periderm("group", "put", "Web!")[0] == 2
