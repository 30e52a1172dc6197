"""Destinations, their queue, and what each was told."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.notice import Channel, Delivery, DeliveryState, Destination, DestinationState, Ticket, Told
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.ports.plugs import STORES
from tests.told import hostile_notice, notice


def delivery(number: int, **changes: object) -> Delivery:
    """One that waits."""
    made = Delivery(id=f"dlv-{number}", destination="d", notices=(notice(),), key="k", not_before=10, made=number)
    return msgspec.structs.replace(made, **changes)


def told(number: int, **changes: object) -> Told:
    """Something that goes on."""
    made = Told(
        destination="d", subject_id=f"inc-{number}", open=True, mark="", severity=Severity.LOW, time=number, looked=number
    )
    return msgspec.structs.replace(made, **changes)


def test_a_destination_is_changed_and_how_it_goes_stays(store: SqlStore) -> None:
    """And all of it goes with it."""
    store.put_destination(Destination(name="d", channel=Channel.SLACK))
    store.put_destination_state("d", DestinationState(sent=5))
    store.put_destination_state("nobody", DestinationState(sent=5))
    store.put_destination(Destination(name="d", channel=Channel.SLACK, paused=True))
    ((kept, state),) = store.destinations()
    assert (kept.paused, state.sent) == (True, 5)
    store.put_deliveries([delivery(1), delivery(2, destination="nobody")])
    store.put_told([told(1)])
    assert store.deliveries(Query()).total == 1
    assert store.remove_destination("d")
    assert not store.remove_destination("d")
    assert (store.deliveries(Query()).total, store.told_of("inc-1"), store.destinations()) == (0, [], [])


def test_what_is_due_comes_in_its_order(store: SqlStore) -> None:
    """Not what waits for later, was sent, or is another's."""
    store.put_destination(Destination(name="d", channel=Channel.SLACK))
    store.put_destination(Destination(name="e", channel=Channel.SLACK))
    store.put_deliveries(
        [
            delivery(1, not_before=9),
            delivery(2, not_before=3),
            delivery(3, not_before=11),
            delivery(4, state=DeliveryState.SENT),
            delivery(5, destination="e"),
        ]
    )
    assert [d.id for d in store.due("d", 10, 5)] == ["dlv-2", "dlv-1"]
    assert store.waiting() == {"d": 3, "e": 1}
    assert {d.id for d in store.deliveries(Query(state="sent")).items} == {"dlv-4"}
    assert {d.id for d in store.deliveries(Query(kind="e")).items} == {"dlv-5"}
    assert store.deliveries(Query(text="STARTED A SHELL")).total == 5


def test_one_that_collects_is_found(store: SqlStore) -> None:
    """Until its time has come, or it was tried."""
    store.put_destination(Destination(name="d", channel=Channel.SLACK))
    store.put_deliveries([delivery(1, not_before=20), delivery(2, not_before=5), delivery(3, not_before=15, tries=1)])
    found = store.collecting("d", "k", 10)
    assert found is not None
    assert found.id == "dlv-1"
    assert store.collecting("d", "other", 10) is None
    assert store.collecting("d", "k", 20) is None


def test_sent_ones_are_forgotten_but_the_latest(store: SqlStore) -> None:
    """Those that wait or were given up never are."""
    store.put_destination(Destination(name="d", channel=Channel.SLACK))
    store.put_deliveries([delivery(n, state=DeliveryState.SENT) for n in range(10)])
    store.put_deliveries([delivery(20), delivery(21, state=DeliveryState.DEAD)])
    store.trim_deliveries(3)
    assert [d.id for d in store.deliveries(Query(state="sent")).items] == ["dlv-9", "dlv-8", "dlv-7"]
    assert store.deliveries(Query()).total == 5


def test_what_was_told_is_kept_by_destination_and_subject(store: SqlStore) -> None:
    """What is over is forgotten in time, unless there is a ticket of it."""
    store.put_told([told(1), told(2), told(3, open=False), told(4, open=False, ticket=Ticket(key="T-1"))])
    store.put_told([told(1, destination="e")])
    assert set(store.told("d", ["inc-1", "inc-3", "inc-9"])) == {"inc-1", "inc-3"}
    assert [t.destination for t in store.told_of("inc-1")] == ["d", "e"]
    assert [t.subject_id for t in store.told_open("d")] == ["inc-1", "inc-2"]
    store.put_told([told(1, looked=9)])
    assert [t.subject_id for t in store.told_open("d")] == ["inc-2", "inc-1"]
    store.forget_told(100)
    assert [store.told_of(f"inc-{n}") != [] for n in (1, 3, 4)] == [True, False, True]


def test_how_far_changes_were_read_is_kept(store: SqlStore) -> None:
    """And is no change itself; nor is what was told."""
    assert store.notified() == -1
    before = len(store.changes(0))
    store.mark_notified(7)
    store.mark_notified(9)
    store.put_told([told(1)])
    assert store.notified() == 9
    assert len(store.changes(0)) == before


def test_what_an_attacker_wrote_can_be_stored(store: SqlStore) -> None:
    """Also bytes that are no text."""
    store.put_destination(Destination(name="d", channel=Channel.SLACK))
    store.put_deliveries([delivery(1, notices=(hostile_notice(), notice(place="a\udc80\x00")))])
    kept = store.delivery("dlv-1")
    assert kept is not None
    assert kept.notices[1].place == "a\\udc80\x00"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40)), max_size=12))
def test_due_is_what_waits_and_has_come(given_: list[tuple[int, int]]) -> None:
    """Whatever was put, in whichever order."""
    for plug in STORES:
        with plug.fresh() as store:
            store.put_destination(Destination(name="d", channel=Channel.SLACK))
            store.put_deliveries([delivery(number, not_before=at) for number, at in given_])
            last = dict(given_)
            assert {d.id for d in store.due("d", 20, 100)} == {f"dlv-{n}" for n, at in last.items() if at <= 20}
