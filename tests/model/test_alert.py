"""Alerts and the processes in them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from periderm.model.alert import Alert, ProcessRecord
from tests.strategies import alerts, values


@given(values(ProcessRecord))
def test_a_process_survives_the_wire(process: ProcessRecord) -> None:
    """What is written in JSON or MessagePack is read back equal."""
    for codec in (msgspec.json, msgspec.msgpack):
        assert codec.decode(codec.encode(process), type=ProcessRecord) == process


@given(alerts())
def test_an_alert_is_a_value(alert: Alert) -> None:
    """An alert cannot be changed, only replaced; a copy with another count is another value of the same id."""
    with pytest.raises(AttributeError):
        alert.count = 2  # type: ignore[misc]
    grown = msgspec.structs.replace(alert, count=alert.count + 1)
    assert grown != alert
    assert grown.id == alert.id


def test_older_records_are_still_read() -> None:
    """An alert written before a field with a default existed is read with that default."""
    required = {"key": 1, "parent": 0, "pid": 1, "exe": "/bin/sh"}
    assert msgspec.convert(required, ProcessRecord) == ProcessRecord(key=1, parent=0, pid=1, exe="/bin/sh")
