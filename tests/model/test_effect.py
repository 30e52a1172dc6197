"""Responses as values."""

from __future__ import annotations

import typing

import msgspec
from hypothesis import given

from periderm.model.effect import Effect, EffectRecord, EffectState
from tests.strategies import values

TAGS = [
    "kill-at-exec", "kill-process", "pause-container", "resume-container", "kill-tree", "kill-container", "isolate-container",
    "reconnect-container", "quarantine-file", "restore-file", "capture-forensics",
]  # fmt: skip


def test_names_on_the_wire_are_pinned() -> None:
    """Stored effects are read for years: kinds and states keep their names."""
    assert [kind.__struct_config__.tag for kind in typing.get_args(Effect)] == TAGS
    states = ["proposed", "ordered", "dry-run", "refused", "applied", "failed", "undone"]
    assert [state.value for state in EffectState] == states


@given(values(EffectRecord))
def test_an_effect_comes_back_as_its_own_kind(record: EffectRecord) -> None:
    """The effect inside a record is read back as the type it was, with what decided it."""
    for codec in (msgspec.json, msgspec.msgpack):
        read = codec.decode(codec.encode(record), type=EffectRecord)
        assert read == record
        assert type(read.effect) is type(record.effect)
