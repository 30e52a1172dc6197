"""The step before a response."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.console.pages.respond import page, process_key
from periderm.model.errors import UsageError
from periderm.model.query import Query
from tests.console.conftest import Asks
from tests.console.markup import all_of, texts
from tests.story import INCIDENT_ID


def draw(ask: Asks, **query: str) -> str:
    """The page for one response."""
    return page(ask(f"/incidents/{INCIDENT_ID}/respond", parts={"id": INCIDENT_ID}, query=query))


def test_it_says_what_is_hit_and_does_nothing(told: Application, ask: Asks) -> None:
    """The dry run is not an order."""
    text = draw(ask, kind="pause-container")
    assert "Nothing has been done yet." in texts(text)
    assert "Can be taken back: Resume the container." in texts(text)
    assert any(b.get("class") == "act" for b in all_of(text, "button"))
    assert told.store.effects(Query(kind="pause-container")).total == 0


def test_a_refused_response_has_no_button(told: Application, ask: Asks) -> None:
    """But a reason."""
    text = draw(ask, kind="kill-process", process="1")
    assert "first process" in texts(text)
    assert not any(b.get("class") == "act" for b in all_of(text, "button"))


@pytest.mark.parametrize("text", ["x", "-1", "1" * 21, "１", "1 2"])
def test_a_key_is_a_number(text: str) -> None:
    """And nothing else."""
    with pytest.raises(UsageError):
        process_key(text)


def test_keys_are_read() -> None:
    """Nothing is 0; the largest key of a node fits."""
    assert process_key("") == 0
    assert process_key(str(2**64 - 1)) == 2**64 - 1
