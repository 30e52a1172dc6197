"""Nouns of telling others."""

from __future__ import annotations

import msgspec

from periderm.model.notice import CHOICES, Channel, Delivery, Destination, Occasion, Told
from periderm.model.severity import Severity
from tests.told import message, notice


def test_nouns_survive_the_store() -> None:
    """What is written is read again, words of ours and foreign text alike."""
    delivery = Delivery(id="dlv-1", destination="a", notices=(notice(),), more=3)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(delivery), type=Delivery) == delivery


def test_what_was_told_is_one_for_a_destination_and_a_subject() -> None:
    """Its identity holds both."""
    told = Told(destination="a", subject_id="inc-1", open=True, mark="", severity=Severity.LOW, time=1)
    assert told.id == "a inc-1"


def test_a_message_is_as_bad_as_its_worst_notice() -> None:
    """A mild one beside it changes nothing."""
    assert message(notice(severity=Severity.LOW), notice(severity=Severity.HIGH, subject_id="inc-2")).severity is Severity.HIGH


def test_a_test_is_nothing_that_can_be_asked_for() -> None:
    """It is what the button sends."""
    assert Occasion.TEST not in CHOICES
    assert set(Destination(name="a", channel=Channel.SLACK).chosen.occasions) <= set(CHOICES)
