"""Weaknesses."""

from __future__ import annotations

from periderm.app.application import Application
from periderm.console.pages.findings import one, page
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts


def test_the_filter_is_in_the_address_and_in_the_form(told: Application, ask: Asks) -> None:
    """What was chosen stays chosen."""
    text = page(ask("/findings", query={"severity": "high", "kind": "secret"}))
    rows = [r["data-href"] for r in all_of(text, "tr") if r.get("data-href")]
    assert rows == ["/findings/fnd-secret-cloud"]
    assert {o["value"] for o in all_of(text, "option") if "selected" in o} == {"high", "secret", ""}


def test_worst_first_is_worst_first(told: Application, ask: Asks) -> None:
    """Order by severity."""
    text = page(ask("/findings", query={"order": "severity"}))
    rows = [r["data-href"] for r in all_of(text, "tr") if r.get("data-href")]
    assert rows[0] == "/findings/fnd-secret-cloud"
    assert rows[1] == "/findings/fnd-root-user"


def test_many_are_handled_at_once(told: Application, ask: Asks) -> None:
    """Each row can be chosen, and the form says what is done with those that were."""
    text = page(ask("/findings"))
    ids = {box["value"] for box in all_of(text, "input") if box.get("type") == "checkbox" and box.get("name") == "id"}
    assert "fnd-secret-cloud" in ids
    actions = {button["value"] for button in all_of(text, "button") if button.get("name") == "action"}
    assert actions == {
        "assign",
        "close",
        "reopen",
    }


def test_one_says_what_to_do(told: Application, ask: Asks) -> None:
    """And never the secret itself."""
    said = texts(one(ask("/findings/x", parts={"id": "fnd-secret-cloud"})))
    assert "Change the Dockerfile" in said
    assert "AKIA************WXYZ" in said
    assert "periderm explain IMG-SECRET-CLOUD" in said
