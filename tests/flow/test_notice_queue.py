"""Notices put together into deliveries."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.flow import notice_queue
from periderm.flow.notice_queue import NoticeQueue, joined
from periderm.model.notice import MOST_NOTICES, Channel, Delivery, Destination, Occasion
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.story import FixedClock, application
from tests.told import NOW, notice


def collect(folder: Path, destination: Destination, *rounds: int, **changes: object) -> list[Delivery]:
    """The deliveries after notices of so many subjects in each round, a second apart."""
    app = application(folder, FixedClock())
    app.store.put_destination(destination)
    for at, subjects in enumerate(rounds):
        queue = NoticeQueue(app.store, NOW + at * 10**9)
        for number in range(subjects):
            queue.add(destination, notice(id=f"n{at}-{number}", subject_id=f"inc-{at}-{number}", **changes))
        queue.keep({d.name: s for d, s in app.store.destinations()})
    made = list(app.store.deliveries(Query(limit=1000)).items)
    shed = app.store.destinations()[0][1].shed
    app.store.close()
    assert shed == 0 or changes == {"time": 1}
    return made


def test_chats_collect_for_a_while(tmp_path: Path) -> None:
    """Two rounds within it are one message."""
    (made,) = collect(tmp_path, Destination(name="c", channel=Channel.SLACK, group_seconds=30), 2, 1)
    assert len(made.notices) == 3
    assert made.not_before == NOW + 30 * 10**9


def test_without_collecting_each_is_one(tmp_path: Path) -> None:
    """At once."""
    made = collect(tmp_path, Destination(name="c", channel=Channel.SLACK), 3)
    assert [len(d.notices) for d in made] == [1, 1, 1]


def test_streams_take_many_at_once(tmp_path: Path) -> None:
    """All of a round, in parts, and nothing is left out."""
    made = collect(tmp_path, Destination(name="s", channel=Channel.SYSLOG), MOST_NOTICES * 2 + 5)
    assert sorted(len(d.notices) for d in made) == [5, MOST_NOTICES, MOST_NOTICES]
    assert sum(d.more for d in made) == 0


def test_tickets_are_of_one_subject(tmp_path: Path) -> None:
    """However long is collected."""
    made = collect(tmp_path, Destination(name="t", channel=Channel.JIRA, group_seconds=60), 3)
    assert [len(d.notices) for d in made] == [1, 1, 1]


def test_it_is_collected_by_what_was_asked_for(tmp_path: Path) -> None:
    """One message for each owner."""
    app = application(tmp_path, FixedClock())
    destination = Destination(name="c", channel=Channel.MAIL, group_seconds=60, group_by="owner")
    app.store.put_destination(destination)
    queue = NoticeQueue(app.store, NOW)
    for number, owner in enumerate(("a", "b", "a")):
        queue.add(destination, notice(id=str(number), subject_id=str(number), owner=owner))
    queue.keep({})
    assert sorted(len(d.notices) for d in app.store.deliveries(Query()).items) == [1, 2]
    app.store.close()


def test_a_subject_is_in_a_message_once() -> None:
    """As it is now; news stays news, and an end ends it."""
    first = Delivery(id="d", destination="c", notices=(notice(),))
    grown = joined(first, notice(occasion=Occasion.INCIDENT_GROWN, severity=Severity.LOW))
    assert [(n.occasion, n.severity) for n in grown.notices] == [(Occasion.INCIDENT_NEW, Severity.LOW)]
    closed = joined(grown, notice(occasion=Occasion.INCIDENT_CLOSED, ends=True))
    assert [n.occasion for n in closed.notices] == [Occasion.INCIDENT_CLOSED]


def test_a_message_is_bounded() -> None:
    """What is beyond is counted."""
    delivery = Delivery(id="d", destination="c", notices=tuple(notice(subject_id=str(n)) for n in range(MOST_NOTICES)))
    assert joined(delivery, notice(subject_id="more")).more == 1


def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not kept is counted where people see it."""
    monkeypatch.setattr(notice_queue, "MOST_WAITING", 3)
    made = collect(tmp_path, Destination(name="c", channel=Channel.SLACK), 5, time=1)
    assert len(made) == 3
