"""What may be given up when the server is away, and what may not."""

from __future__ import annotations

import msgspec

from periderm.flow import spooling
from periderm.flow.spooling import Sorter
from periderm.model.envelope import Heartbeat
from periderm.model.usage import FilesInUse
from tests.flow.conftest import CONTAINER, NODE
from tests.ports.plugs import alert

BEAT = Heartbeat(role="agent", node_id="n", pid=1, time=1, version="1")
USE = FilesInUse(image_digest="sha256:1", node_id="n", paths=(), since=1, time=2)


def test_signs_of_life_are_detail_and_alerts_are_not() -> None:
    """In order, each once."""
    assert Sorter().divide([BEAT, alert(), USE]) == ([alert()], [BEAT, USE])


def test_an_asset_matters_when_it_is_new_or_changed() -> None:
    """That it was seen again is detail; that it ended is not."""
    sorter = Sorter()
    assert sorter.divide([NODE, CONTAINER]) == ([NODE, CONTAINER], [])
    again = msgspec.structs.replace(CONTAINER, last_seen=99)
    assert sorter.divide([again]) == ([], [again])
    ended = msgspec.structs.replace(CONTAINER, running=not CONTAINER.running)
    assert sorter.divide([ended]) == ([ended], [])


def test_what_is_remembered_is_bounded() -> None:
    """Of more assets than there is room for, the one told longest ago counts as new."""
    sorter = Sorter()
    for number in range(spooling.MOST_KNOWN + 1):
        sorter.divide([msgspec.structs.replace(NODE, id=f"node-{number}")])
    first, last = (msgspec.structs.replace(NODE, id=f"node-{n}") for n in (0, spooling.MOST_KNOWN))
    assert sorter.divide([first, last]) == ([first], [last])
