"""What is new goes soon, what only counts goes seldom, and nothing of it is lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.flow.baseline_sending import COUNT_NS, NEW_NS, Sending
from periderm.model.baseline import Baseline, Entry, Evidence, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.envelope import Record


def delta(value: str, count: int = 1, *, newest: int = 0, workload: str = "wkl-1") -> Baseline:
    """One entry that node n saw so often."""
    entry = Entry(Behaviour(Aspect.READ, "/bin/app", value), Evidence(counts={"n": count}))
    return Baseline(workload_id=workload, entries=(entry,), newest=newest)


def test_the_first_is_sent_at_once_and_what_is_new_after_a_pause() -> None:
    """Two pieces of news within the pause become one message."""
    sent: list[Record] = []

    def put(records: Sequence[Record]) -> None:
        sent.extend(records)

    sending = Sending(put)
    assert sending.send([delta("/a", newest=1)], 0) == 1
    assert sending.send([delta("/b", newest=2)], NEW_NS // 2) == 0
    assert sending.send([delta("/c", newest=3)], NEW_NS) == 1
    assert sent == [delta("/a", newest=1), merge(delta("/b", newest=2), delta("/c", newest=3))]


def test_what_only_counts_waits() -> None:
    """A behaviour that happens all day makes a message in ten minutes, with the latest count."""
    sent: list[Record] = []
    sending = Sending(sent.extend)
    sending.send([delta("/a", 1, newest=1)], 0)
    for second in range(1, 600):
        sending.send([delta("/a", second, newest=1)], second * 10**9)
    assert len(sent) == 1
    sending.send([], COUNT_NS)
    assert sent[1:] == [delta("/a", 599, newest=1)]


def test_what_an_image_promises_is_new() -> None:
    """A container that ran before the agent is born when its image was read: the server knows soon, if nothing was learned."""
    sent: list[Record] = []
    sending = Sending(sent.extend)
    sending.send([Baseline(workload_id="wkl-1")], 0)
    born = Baseline(workload_id="wkl-1", entries=(Entry(Behaviour(Aspect.READ, "/bin/app", "/a"), Evidence()),))
    assert sending.send([born], NEW_NS) == 1
    assert sent[1:] == [born]


def test_workloads_do_not_wait_for_one_another() -> None:
    """Each has its own pause."""
    sent: list[Record] = []
    sending = Sending(sent.extend)
    sending.send([delta("/a", newest=1)], 0)
    sending.send([delta("/a", newest=1, workload="wkl-2")], 1)
    assert [each.workload_id for each in sent if isinstance(each, Baseline)] == ["wkl-1", "wkl-2"]


def test_at_the_end_everything_is_sent() -> None:
    """What was held goes out when the agent ends."""
    sent: list[Record] = []
    sending = Sending(sent.extend)
    sending.send([delta("/a", newest=1)], 0)
    sending.send([delta("/a", 2, newest=1)], 1, everything=True)
    assert sent[-1] == delta("/a", 2, newest=1)
    assert sending.send([], 2, everything=True) == 0
