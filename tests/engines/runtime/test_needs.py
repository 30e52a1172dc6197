"""Needs: bits that must be there, bits that must not, ports that do not count."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime.needs import INTERNET, NOT_ROOT, SUCCEEDED, WRITES, Need
from periderm.engines.runtime.scene import batch_of, row
from periderm.model.event import Event, EventFlag, EventKind


def opened(**fields: int) -> Event:
    """An OPEN with these fields."""
    flags = EventFlag(fields.pop("flags", 0))
    found = row(EventKind.OPEN, 1, flags=flags)
    return msgspec.structs.replace(found, **fields)


@pytest.mark.parametrize(
    ("need", "events", "met"),
    [
        (Need("arg0", 2), (opened(arg0=2), opened(arg0=4), opened(arg0=6)), [True, False, True]),
        (Need("arg0", 2, wanted=False), (opened(arg0=2), opened(arg0=4)), [False, True]),
        (Need("port", ports=(53, 443)), (opened(port=53), opened(port=80), opened(port=443)), [False, True, False]),
        (WRITES, (opened(), opened(arg0=1), opened(arg0=2), opened(arg0=0o1000)), [False, True, True, True]),
        (SUCCEEDED, (opened(), opened(flags=EventFlag.FAILED | EventFlag.TTY)), [True, False]),
        (INTERNET, tuple(opened(family=f) for f in (0, 1, 2, 10, 16, 17)), [False, False, True, True, False, False]),
        (NOT_ROOT, (opened(uid=0), opened(uid=1), opened(uid=4294967294)), [False, True, True]),
    ],
)
def test_each_need(need: Need, events: tuple[Event, ...], met: list[bool]) -> None:
    """Row by row."""
    assert need.met(batch_of(events).rows).tolist() == met
