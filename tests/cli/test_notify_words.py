"""The words of `periderm notify`."""

from __future__ import annotations

import pytest

from periderm.app.notify import Listed
from periderm.cli import notify_words as w
from periderm.model.notice import Channel, DeliveryState, Destination, DestinationState

DESTINATION = Destination(name="d", channel=Channel.MAIL, secret="env:X", options={"to": "a@b.test"}, group_seconds=60)


@pytest.mark.parametrize(
    ("paused", "state", "word"),
    [
        (True, DestinationState(failing=1), "paused"),
        (False, DestinationState(failing=1, last_sent=1), "failing"),
        (False, DestinationState(last_sent=1), "fine"),
        (False, DestinationState(), "not told yet"),
    ],
)
def test_how_it_goes_is_a_word(paused: bool, state: DestinationState, word: str) -> None:
    """The one that matters most."""
    listed = Listed(destination=Destination(name="d", channel=Channel.MAIL, paused=paused), state=state)
    assert w.state_of(listed).en == word
    assert w.state_of(listed).zh


def test_every_state_has_a_word() -> None:
    """In both languages."""
    assert set(w.STATES) == set(DeliveryState)


def test_details_tell_where_a_secret_lies() -> None:
    """And what was not kept."""
    told = {label.en: value.en for label, value in w.details(Listed(destination=DESTINATION, state=DestinationState(shed=3)))}
    assert told["Its secret lies in"] == "env:X"
    assert told["to"] == "a@b.test"
    assert told["Collected for"] == "60 s"
    assert told["Not kept, because too many waited"] == "3"
