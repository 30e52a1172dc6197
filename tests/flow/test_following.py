"""What people decide reaches the node, each thing once."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.standing_files import StandingFile
from periderm.flow.backoff import Backoff
from periderm.flow.done_orders import DoneOrders
from periderm.flow.following import LEARNED_NS, Following
from periderm.flow.news import News, Order, Policies, Sessions
from periderm.flow.outbox import Outbox
from periderm.model.effect import EffectRecord, EffectState
from periderm.model.errors import ConnectError
from periderm.model.orders import Known, Orders
from periderm.model.policy import DEFAULT_POLICY, Policy
from tests.flow.conftest import NODE
from tests.flow.test_control import ORDER, SESSION, Clock
from tests.flow.test_outbox import Server


class Uplink(Server):
    """Answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Known] = []
        self.answer = Orders(
            policies=(DEFAULT_POLICY,),
            policies_version="p1",
            sessions=(SESSION,),
            sessions_version="s1",
            effects=(ORDER,),
            learned=True,
            baselines=7,
        )

    def orders(self, known: Known) -> Orders:
        if self.away:
            raise ConnectError("nobody answers")
        self.asked.append(known)
        return self.answer


class Lab:
    """A follower, and all that it handed on."""

    def __init__(self) -> None:
        self.uplink = Uplink()
        self.clock = Clock()
        self.news: list[News] = []
        self.saved: list[tuple[Policy, ...]] = []
        self.learned = 0
        self.following = Following(
            self.uplink,
            NODE.id,
            self.clock,
            self.news.append,
            save=lambda policies: self.saved.append(tuple(policies)),
            workloads=lambda: {"wkl-b", "wkl-a"},
            learned=self.learn,
            backoff=Backoff(0.001, 0.002),
        )

    def learn(self) -> None:
        """Baselines moved."""
        self.learned += 1


def test_each_thing_is_handed_on_once_and_asked_for_by_its_version() -> None:
    """Policies are kept for the time without a server; an order is handed on once however often it is listed."""
    lab = Lab()
    for _ in range(3):
        lab.following.step()
    assert lab.saved == [(DEFAULT_POLICY,)]
    assert lab.news == [Policies((DEFAULT_POLICY,)), Sessions((SESSION,)), Order(ORDER)]
    first, second, _ = lab.uplink.asked
    assert (first.node_id, first.policies, first.sessions, first.taken) == (NODE.id, "", "", ())
    assert (second.policies, second.sessions, second.taken) == ("p1", "s1", (ORDER.id,))


def test_an_order_is_carried_out_once_over_a_restart(tmp_path: Path, bus: LocalBus) -> None:
    """Also by an agent that is started anew after the server was put back from a copy, and lists the order again; one that the
    agent did not come to before it was killed is carried out then."""
    kept = StandingFile(str(tmp_path / "done.json"), str)
    other = msgspec.structs.replace(ORDER, id="eff-2")
    carried: list[str] = []
    for turn in range(2):
        lab = Lab()
        lab.uplink.answer = msgspec.structs.replace(lab.uplink.answer, effects=(ORDER, other))
        done = DoneOrders(kept.load, kept.save)
        outbox = Outbox(bus, lab.uplink, "agent:x", durable=done.note)
        Following(lab.uplink, NODE.id, lab.clock, lab.news.append, done=done).step()
        for news in lab.news:
            if isinstance(news, Order) and (news.effect.id == ORDER.id or turn):
                carried.append(news.effect.id)
                record = EffectRecord(effect=news.effect, state=EffectState.APPLIED, time=1, detail=ORDER.reason)
                assert outbox.put([record])
    assert carried == [ORDER.id, other.id]


def test_baselines_that_move_all_the_time_are_looked_at_now_and_then() -> None:
    """In between their news end no wait, and nothing that moved meanwhile is passed over."""
    lab = Lab()
    lab.following.step()
    lab.uplink.answer = Orders(baselines=9, learned=False)
    lab.following.step(15.0)
    lab.clock.sleep(LEARNED_NS / 1e9)
    lab.following.step(15.0)
    first, between, then = lab.uplink.asked
    assert (first.workloads, first.baselines) == (("wkl-a", "wkl-b"), 0)
    assert (between.workloads, between.baselines, between.wait) == ((), -1, LEARNED_NS / 1e9)
    assert (then.workloads, then.baselines, then.wait) == (("wkl-a", "wkl-b"), 7, 15.0)
    assert lab.learned == 1


def test_without_the_server_it_goes_on_with_what_it_has() -> None:
    """It says why, asks again, and ends when it is told to."""
    lab = Lab()
    lab.uplink.away = True
    stop = threading.Event()
    thread = threading.Thread(target=lab.following.run, args=(stop,))
    thread.start()
    try:
        while not lab.following.problem:
            stop.wait(0.001)
        assert lab.news == []
        lab.uplink.away = False
        while not lab.news or lab.following.problem:
            stop.wait(0.001)
    finally:
        stop.set()
        lab.following.end()
        thread.join(180)
    assert not thread.is_alive()
    assert lab.news[0] == Policies((DEFAULT_POLICY,))
