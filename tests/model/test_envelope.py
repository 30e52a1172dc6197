"""What travels between processes."""

from __future__ import annotations

import typing

import msgspec
import pytest
from hypothesis import given, settings

from periderm.model.envelope import Envelope, Record
from tests.strategies import envelopes, undecodable_text, values

KINDS = typing.get_args(Record)
TAGS = {
    "Node": "node",
    "Image": "image",
    "Container": "container",
    "Workload": "workload",
    "Process": "process",
    "User": "user",
    "Finding": "finding",
    "Alert": "alert",
    "Incident": "incident",
    "EffectRecord": "effect",
    "CoverageGap": "gap",
    "Policy": "policy",
    "Heartbeat": "heartbeat",
    "ScanRequest": "scan-request",
    "ScanResult": "scan-result",
    "FilesInUse": "files-in-use",
    "Baseline": "baseline",
    "SeenEvents": "seen-events",
}


def test_every_record_has_its_own_name_on_the_wire() -> None:
    """Tags are pinned: a spool written by one version is read by the next."""
    assert {kind.__name__: kind.__struct_config__.tag for kind in KINDS} == TAGS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.__name__))
def test_every_record_survives_the_wire(kind: type[Record]) -> None:
    """In JSON and in MessagePack each record comes back equal and of its own type."""

    @given(values(kind))
    @settings(max_examples=25, deadline=None)
    def law(record: Record) -> None:
        for codec in (msgspec.json, msgspec.msgpack):
            read = codec.decode(codec.encode(record), type=Record)
            assert read == record
            assert type(read) is kind

    law()


@given(envelopes())
@settings(max_examples=25, deadline=None)
def test_an_envelope_keeps_sender_sequence_and_order(envelope: Envelope) -> None:
    """An envelope is read back with its records in order."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(envelope), type=Envelope) == envelope


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b'{"sender":"a","sequence":1}',
        b'{"sender":"a","sequence":"1","records":[]}',
        b'{"sender":"a","sequence":1,"records":[{"type":"toaster"}]}',
        b'{"sender":"a","sequence":1,"records":[{"type":"heartbeat"}]}',
        b'{"sender":"a","sequence":1,"records":' + b"[" * 5000,
    ],
)
def test_what_is_no_envelope_is_refused(document: bytes) -> None:
    """Foreign documents raise msgspec's error, whatever they are, and nothing else."""
    with pytest.raises((msgspec.DecodeError, RecursionError)):
        msgspec.json.decode(document, type=Envelope)


@given(undecodable_text)
def test_strings_that_are_not_unicode_are_refused_at_the_sender(text: str) -> None:
    """A lone surrogate cannot be sent: whoever makes records must have cleaned it. Everything else can."""
    envelope = Envelope(sender=text, sequence=0, records=())
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        with pytest.raises(UnicodeEncodeError):
            msgspec.msgpack.encode(envelope)
    else:
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(envelope), type=Envelope) == envelope
