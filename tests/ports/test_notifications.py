"""What every store keeps of telling others, also when it is opened again."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.model.notice import Channel, Delivery, Destination, DestinationState, Told
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.ports.plugs import STORES, StorePlug
from tests.told import notice


@pytest.mark.parametrize("plug", STORES, ids=lambda plug: plug.name)
def test_it_is_there_when_the_store_is_opened_again(plug: StorePlug, tmp_path: Path) -> None:
    """Destinations, how telling goes, what waits, what was told, how far was read: a crash forgets nothing."""
    store = plug.open(tmp_path)
    destination = Destination(name="d", channel=Channel.SLACK, secret="env:X")
    delivery = Delivery(id="dlv-1", destination="d", notices=(notice(),), not_before=5)
    told = Told(destination="d", subject_id="inc-1", open=True, mark="m", severity=Severity.LOW, time=1, last=notice())
    with store.transaction():
        store.put_destination(destination)
        store.put_deliveries([delivery])
        store.put_told([told])
        store.mark_notified(41)
    store.put_destination_state("d", DestinationState(failures=2))
    store.close()
    again = plug.open(tmp_path)
    assert again.destinations() == [(destination, DestinationState(failures=2))]
    assert again.due("d", 5) == [delivery]
    assert again.told("d", ["inc-1"]) == {"inc-1": told}
    assert again.notified() == 41
    again.close()


@pytest.mark.parametrize("plug", STORES, ids=lambda plug: plug.name)
def test_what_was_read_and_what_it_led_to_are_one(plug: StorePlug) -> None:
    """A failure between them leaves neither."""
    with plug.fresh() as store:
        store.put_destination(Destination(name="d", channel=Channel.SLACK))
        store.mark_notified(1)

        def fails() -> None:
            with store.transaction():
                store.put_deliveries([Delivery(id="dlv-1", destination="d", notices=(notice(),))])
                store.mark_notified(2)
                raise KeyError

        with pytest.raises(KeyError):
            fails()
        assert (store.notified(), store.deliveries(Query()).total) == (1, 0)
