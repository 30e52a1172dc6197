"""`periderm audit`: what was done, and whether the log is whole."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from tests.cli.conftest import Periderm


def test_what_was_done_is_listed_and_verified(periderm: Periderm, state: Path) -> None:
    """With a value to keep, by which a log that was cut later is found."""
    assert periderm("user", "add", "ada", "--role", "responder")[0] == 0
    assert periderm("user", "remove", "ada")[0] == 0
    listed = json.loads(periderm("audit", "--json")[1])
    assert [e["action"] for e in listed["items"]] == ["account.remove", "link.make", "account.add"]
    assert "account.remove" in periderm("audit", "--what", "account.")[1]
    assert "link.make" not in periderm("audit", "--what", "account.")[1]
    lines = [json.loads(line) for line in periderm("audit", "export")[1].splitlines()]
    assert [line["sequence"] for line in lines] == [1, 2, 3]
    status, told, _ = periderm("audit", "verify")
    assert status == 0
    assert "3 entries" in told
    anchor = json.loads(periderm("audit", "verify", "--json")[1])["anchor"]
    (database,) = [p for p in state.rglob("*.sqlite") if sqlite3.connect(p).execute("SELECT 1 FROM audit_log").fetchone()]
    connection = sqlite3.connect(database)
    connection.execute("DROP TRIGGER audit_log_no_delete")
    connection.execute("DELETE FROM audit_log WHERE sequence = 3")
    connection.commit()
    connection.close()
    assert periderm("audit", "verify")[0] == 0
    status, told, _ = periderm("audit", "verify", "--expect", anchor)
    assert status == 1
    assert "missing" in told


def test_what_is_not_understood(periderm: Periderm, state: Path) -> None:
    """A usage error that says what to write."""
    assert periderm("user", "add", "ada")[0] == 0
    assert periderm("audit", "list", "--expect", "1:x")[0] == 2
    assert periderm("audit", "verify", "--expect", "1:x")[0] == 2
