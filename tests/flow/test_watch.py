"""The agent's stages: rows get their subject, are judged, answered within their policy, and made durable."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.flow.baseline_memory import Keeper
from periderm.flow.baselining import Baselining
from periderm.flow.interpret import Interpreter
from periderm.flow.news import Containers, Order, Policies, Samples
from periderm.flow.observed import Observed
from periderm.flow.outbox import GROUP, TOPIC, Outbox
from periderm.flow.programming import kernel_policy
from periderm.flow.watch import Watch
from periderm.model.alert import Alert
from periderm.model.asset import Container, Image
from periderm.model.baseline import Baseline
from periderm.model.effect import EffectRecord, EffectState, KillAtExec, KillProcess
from periderm.model.envelope import Record
from periderm.model.event import Event, EventBatch, EventFlag, EventKind
from periderm.model.image import ImageInventory
from periderm.model.policy import Policy, PolicyMode, ResponseKind
from periderm.model.text import Text
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import Player, batch
from tests.flow.test_image_shelf import inventory
from tests.flow.test_interpret import Noting
from tests.flow.test_outbox import Server

SERVER = {
    "kind": EventKind.EXEC,
    "process": 1,
    "pid": 4000,
    "text": "/usr/sbin/lighttpd",
    "exe": "/usr/sbin/lighttpd",
    "args": "lighttpd\0-D",
    "comm": "lighttpd",
    "subject": 1,
    "mntns": 7,
}
DROPPED = {
    "kind": EventKind.EXEC,
    "process": 3,
    "parent": 1,
    "pid": 4003,
    "text": "/tmp/.x",
    "exe": "/tmp/.x",
    "args": "/tmp/.x",
    "comm": ".x",
    "subject": 1,
    "mntns": 7,
    "at": 60,
}
ENFORCING = Policy(id="pol-1", name="shop", mode=PolicyMode.ENFORCE, kill_drift=True, priority=5, reason="test")


class Runtime:
    """Knows one container by the pid of its first process."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def name(self) -> str:
        return "podman"

    def available(self) -> str:
        return ""

    def images(self) -> Sequence[Image]:
        return ()

    def containers(self) -> Sequence[Container]:
        return (CONTAINER,)

    def identify(self, pid: int) -> Container | None:
        self.asked.append(pid)
        return CONTAINER if 4000 <= pid < 5000 else None

    def scan_source(self, image: Image) -> str:
        return ""


class Lab:
    """A watch with all that it works with."""

    def __init__(self, bus: LocalBus, *batches: EventBatch, baselines: bool = False) -> None:
        self.bus = bus
        self.player = Player(*batches)
        self.runtime = Runtime()
        self.responder = Noting()
        clock = SystemClock()
        outbox = Outbox(bus, Server(), "agent:x")
        self.kept: list[bytes] = []
        keeper = Keeper(self.kept.append)
        self.watch = Watch(
            node=NODE,
            sensor=self.player,
            engine=RuntimeEngine(NODE),
            outbox=outbox,
            interpreter=Interpreter(self.responder, clock),
            runtimes=[self.runtime],
            clock=clock,
            baselining=Baselining(BaselineEngine(NODE), outbox.put, clock, keeper=keeper, node=NODE) if baselines else None,
        )

    def play(self) -> list[Record]:
        """Runs to the end of what is played; all that was made durable."""
        self.watch.run(threading.Event())
        decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode
        return [r for m in self.bus.read(TOPIC, GROUP, 1000) for r in decode(m.data)]


def test_a_program_that_the_image_did_not_bring_is_alerted(bus: LocalBus) -> None:
    """With the default policy drift is an alert and nothing else."""
    dropped = {**DROPPED, "flags": EventFlag.UPPER | EventFlag.WOULD_KILL}
    lab = Lab(bus, batch(SERVER), batch(dropped))
    lab.watch.give(Containers((CONTAINER,)))
    records = lab.play()
    alerts = [r for r in records if isinstance(r, Alert)]
    assert "RUN-005" in {a.detector for a in alerts}
    assert all(a.asset_id == CONTAINER.id for a in alerts)
    assert not [r for r in records if isinstance(r, EffectRecord) and r.state is EffectState.APPLIED]
    assert lab.responder.done == []
    assert not lab.player.policies[CONTAINER.id].enforce


def test_rows_are_handed_to_history_last(bus: LocalBus) -> None:
    """All of them, with their subject, and only when what they caused was made durable."""
    lab = Lab(bus, batch(SERVER), batch({**DROPPED, "flags": EventFlag.UPPER}))
    lab.watch.give(Containers((CONTAINER,)))
    kept: list[tuple[EventBatch, int]] = []
    lab.watch._remember = lambda each: kept.append((each, len(bus.read(TOPIC, "looking", 1000))))
    lab.play()
    execs = [(each.event(0).subject, told) for each, told in kept if each.event(0).kind is EventKind.EXEC]
    assert [subject for subject, _ in execs] == [CONTAINER, CONTAINER]
    assert execs[1][1] > 0


def test_a_kill_in_the_kernel_is_recorded_as_done(bus: LocalBus) -> None:
    """Where the policy enforces, the kernel side is programmed so, and its kill is recorded with who decided it."""
    dropped = {**DROPPED, "flags": EventFlag.UPPER | EventFlag.KILLED}
    lab = Lab(bus, batch(SERVER), batch(dropped))
    lab.watch.give(Containers((CONTAINER,)))
    lab.watch.give(Policies((ENFORCING,)))
    records = lab.play()
    assert lab.player.policies[CONTAINER.id].enforce
    assert lab.player.policies[CONTAINER.id].kill_drift
    kills = [r for r in records if isinstance(r, EffectRecord) and isinstance(r.effect, KillAtExec)]
    assert [k.state for k in kills] == [EffectState.APPLIED]
    assert kills[0].effect.decided_by == "policy:pol-1"


def test_a_policy_may_kill_by_itself_only_when_it_enforces(bus: LocalBus) -> None:
    """`on_alert` acts in mode enforce; in mode alert the same policy touches nothing."""
    acting = msgspec.structs.replace(ENFORCING, on_alert={"RUN-005": ResponseKind.KILL_PROCESS})
    for mode, expected in ((PolicyMode.ALERT, 0), (PolicyMode.ENFORCE, 1)):
        lab = Lab(bus, batch(SERVER), batch({**DROPPED, "flags": EventFlag.UPPER}))
        lab.watch.give(Containers((CONTAINER,)))
        lab.watch.give(Policies((msgspec.structs.replace(acting, mode=mode),)))
        lab.play()
        assert len([e for e in lab.responder.done if isinstance(e, KillProcess)]) == expected


def test_a_new_container_is_known_at_its_first_program(bus: LocalBus) -> None:
    """Rows of an unknown mount namespace are attributed at once by asking the runtimes, before they are judged."""
    stranger = {**SERVER, "subject": 0}
    dropped = {**DROPPED, "subject": 0, "flags": EventFlag.UPPER}
    lab = Lab(bus, batch(stranger, dropped, subjects=(NODE,)))
    records = lab.play()
    assert CONTAINER.id in lab.player.subjects
    assert CONTAINER in records
    assert {a.asset_id for a in records if isinstance(a, Alert)} == {CONTAINER.id}


def test_a_namespace_that_nobody_knows_is_asked_for_rarely(bus: LocalBus) -> None:
    """A private mount namespace of the host (a systemd unit) does not cost a look-up for each batch."""
    unit = {**SERVER, "subject": 0, "mntns": 99, "pid": 8000}
    lab = Lab(bus, *[batch(unit, subjects=(NODE,)) for _ in range(50)])
    lab.play()
    assert 1 <= len(lab.runtime.asked) <= 8  # 20 ms, 40 ms, 80 ms … apart


def test_orders_of_people_are_carried_out_and_recorded(bus: LocalBus) -> None:
    """An order reaches the responder, and its record is durable."""
    lab = Lab(bus, batch(SERVER))
    order = KillProcess(
        id="eff-9",
        node_id=NODE.id,
        asset_id=CONTAINER.id,
        reason=Text("r", "r"),
        blast_radius=Text("b", "b"),
        decided_by="user:a",
        decided_at=1,
        process_key=1,
        pid=4000,
        started=1,
    )
    lab.watch.give(Order(order))
    records = lab.play()
    assert lab.responder.done == [order]
    assert [r.state for r in records if isinstance(r, EffectRecord)] == [EffectState.APPLIED]


def test_the_kernel_side_is_programmed_only_when_something_changed(bus: LocalBus) -> None:
    """The same list of containers again costs nothing; a container that ends is forgotten."""
    lab = Lab(bus, batch(SERVER), batch(SERVER), batch(SERVER))
    lab.watch.give(Containers((CONTAINER,)))
    lab.watch.step()
    lab.player.subjects.clear()
    lab.watch.give(Containers((CONTAINER,)))
    lab.watch.step()
    assert lab.player.subjects == []
    lab.watch.give(Containers(()))
    lab.watch.step()
    assert lab.player.subjects == [NODE.id]


@pytest.mark.parametrize(
    ("mode", "enforce"), [(PolicyMode.OBSERVE, False), (PolicyMode.ALERT, False), (PolicyMode.ENFORCE, True)]
)
def test_only_enforce_acts(mode: PolicyMode, enforce: bool) -> None:
    """No other mode lets the kernel kill."""
    policy = kernel_policy(msgspec.structs.replace(ENFORCING, mode=mode), ())
    assert policy.enforce is enforce
    assert policy.kill_drift


def test_the_engine_goes_on_after_a_restart(bus: LocalBus) -> None:
    """What the engine knew at the end is kept, and a new engine that is given it knows it again."""
    kept: list[bytes] = []
    lab = Lab(bus, batch(SERVER))
    lab.watch._keep = kept.append
    lab.play()
    engine = RuntimeEngine(NODE)
    engine.restore(kept[-1])
    assert engine.snapshot() == kept[-1]


def test_the_heartbeat_keeps_enforcement_alive(bus: LocalBus) -> None:
    """While the agent reads, it renews the kernel side's heartbeat."""
    lab = Lab(bus, batch(SERVER))
    lab.play()
    assert lab.player.beats >= 1


def test_what_others_saw_goes_through_the_same_stages(bus: LocalBus) -> None:
    """A container is told once as a row of its own when it is first seen; observations of the host are recorded too."""
    recorded: list[EventBatch] = []

    class Keeping:
        def write(self, batch: EventBatch) -> None:
            recorded.append(batch)

        def close(self) -> None:
            """Nothing is held."""

    stranger = {**SERVER, "subject": 0}
    lab = Lab(bus, batch(stranger, subjects=(NODE,)), batch(SERVER), batch(SERVER))
    lab.watch._recorder = Keeping()
    lab.watch.give(Observed((Event(kind=EventKind.HOST_STATE, subject=NODE, raw="taint", text="12288"),)))
    lab.play()
    kinds = [batch.event(i).kind for batch in recorded for i in range(len(batch))]
    assert kinds.count(EventKind.CONTAINER) == 1
    assert kinds.count(EventKind.HOST_STATE) == 1
    assert len({b.generation for b in recorded if b.event(0).kind is not EventKind.EXEC}) == 2


def test_what_is_not_normal_is_told_beside_what_a_rule_says(bus: LocalBus) -> None:
    """A program from a writable place in a container that was never seen: by baseline too, with what a deviation says; what was
    learned is made durable and kept."""
    lab = Lab(bus, batch(SERVER), batch({**DROPPED, "flags": EventFlag.UPPER | EventFlag.WOULD_KILL}), baselines=True)
    lab.watch.give(Containers((CONTAINER,)))
    records = lab.play()
    alerts = {record.detector: record for record in records if isinstance(record, Alert)}
    assert "RUN-005" in alerts
    deviations = [each for name, each in alerts.items() if name.startswith("BASE-02")]
    assert deviations
    assert all(each.deviation is not None and each.deviation.behaviour.program == "/tmp/.x" for each in deviations)
    learned = [record for record in records if isinstance(record, Baseline)]
    assert {record.workload_id for record in learned} == {CONTAINER.workload_id}
    assert not [entry for record in learned for entry in record.entries if entry.behaviour.program == "/tmp/.x"]
    assert len(lab.kept) == 1
    assert lab.watch.wanted_baselines == {CONTAINER.workload_id}
    assert lab.watch.figures()["baselines"] >= 1


def test_without_baselines_their_news_change_nothing(bus: LocalBus) -> None:
    """Samples and baselines that come all the same are let go."""
    lab = Lab(bus, batch(SERVER))
    lab.watch.give(Samples(()))
    lab.watch.give(Baseline(workload_id="w"))
    assert not [record for record in lab.play() if isinstance(record, Baseline)]
    assert lab.watch.keeper is None


def test_an_image_at_hand_is_known_before_the_first_row(bus: LocalBus) -> None:
    """A container is judged by what its image promises from its first row on; what is not at hand is asked of the server."""
    digest = CONTAINER.image_digest
    found = inventory(digest)
    for at_hand, wanted in ((found, frozenset()), (None, frozenset({digest}))):
        lab = Lab(bus, batch(SERVER), baselines=True)
        asked: list[str] = []

        def take(name: str, at_hand: ImageInventory | None = at_hand, asked: list[str] = asked) -> ImageInventory | None:
            asked.append(name)
            return at_hand

        lab.watch._at_hand = take
        lab.watch.give(Containers((CONTAINER,)))
        lab.play()
        assert asked == [digest]
        assert lab.watch.wanted == wanted
        assert lab.watch._baselining is not None
        assert (lab.watch._baselining._engine.image(digest) is not None) is (at_hand is not None)
