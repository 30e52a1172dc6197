"""The server takes each message once, stores it, and makes one incident of what belongs together."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.flow.digest import DEAD, TOPIC, Digest
from periderm.model.asset import Container, Ownership
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, Verdict
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.effect import EffectRecord, EffectState, KillAtExec, PauseContainer, ResumeContainer
from periderm.model.envelope import Envelope, Heartbeat, Record, ScanRequest, ScanResult
from periderm.model.errors import StoreError
from periderm.model.finding import Finding, FindingKind
from periderm.model.fleet import JoinedNode
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.policy import Policy, PolicyMode
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.flow.conftest import CONTAINER, IMAGE, NODE, T0, alert


def send(bus: LocalBus, *records: Record, sequence: int, sender: str = "agent:x") -> None:
    """One envelope on the bus."""
    envelope = Envelope(sender=sender, sequence=sequence, records=records)
    bus.publish(TOPIC, [msgspec.msgpack.encode(envelope)])


def drain(digest: Digest) -> None:
    """Digests all that waits."""
    while digest.step():
        pass


def scanned() -> ScanResult:
    """The image's scan: it found a secret."""
    finding = Finding(
        id="fnd-1",
        detector="IMG-101",
        kind=FindingKind.SECRET,
        severity=Severity.HIGH,
        asset_id=IMAGE.id,
        title=Text("Secret in a file", "文件中有密钥"),
        message=Text("/srv/.env holds a key", "/srv/.env 中有密钥"),
        remediation=Text("Remove it", "移除"),
        location="/srv/.env",
    )
    inventory = ImageInventory(
        digest=IMAGE.digest,
        reference="web:1",
        source="x",
        config=ImageConfig(user="root"),
        os=OsRelease(id="debian", version="12"),
        packages=(),
        executables=(),
        secret_paths=("/srv/.env",),
    )
    return ScanResult(image_digest=IMAGE.digest, node_id=NODE.id, time=T0, seconds=1, findings=(finding,), inventory=inventory)


def test_alerts_findings_and_effects_become_one_incident(bus: LocalBus, store: SqlStore) -> None:
    """Alerts of one container, its image's findings and the response are one incident, in whatever order they came."""
    digest = Digest(bus, store, SystemClock())
    killed = alert("RUN-005", at=T0 + 10**9, techniques=("T1105",))
    kill = KillAtExec(
        id="eff-1",
        node_id=NODE.id,
        asset_id=CONTAINER.id,
        reason=Text("drift", "漂移"),
        blast_radius=Text("one process", "一个进程"),
        decided_by="policy:pol-sample",
        decided_at=T0,
        alert_id=killed.id,
        process_key=2,
        pid=4001,
        executable="/tmp/x",
    )
    send(bus, NODE, IMAGE, CONTAINER, alert(), sequence=0)
    send(bus, killed, EffectRecord(effect=kill, state=EffectState.APPLIED, time=T0), sequence=1)
    send(bus, scanned(), sequence=0, sender="worker:x")
    drain(digest)
    page = store.incidents(Query())
    assert page.total == 1
    incident = page.items[0]
    assert {s.detector for s in incident.chain} == {"RUN-002", "RUN-005"}
    assert incident.effects == ("eff-1",)
    record = store.effect("eff-1")
    assert record is not None
    assert record.effect.incident_id == incident.id
    assert {a.incident_id for a in store.alerts(Query()).items} == {incident.id}


def test_quiet_alerts_shortly_before_are_adopted(bus: LocalBus, store: SqlStore) -> None:
    """An alert that opens nothing by itself joins the incident that opens a moment later."""
    digest = Digest(bus, store, SystemClock())
    send(bus, alert("RUN-031", severity=Severity.INFORMATIONAL), sequence=0)
    drain(digest)
    assert store.incidents(Query()).total == 0
    send(bus, alert("RUN-002", at=T0 + 10**9), sequence=1)
    drain(digest)
    assert {s.detector for s in store.incidents(Query()).items[0].chain} == {"RUN-002", "RUN-031"}


def test_each_envelope_is_taken_once(bus: LocalBus, store: SqlStore) -> None:
    """A resend changes nothing: neither counts nor revisions nor the list of changes."""
    digest = Digest(bus, store, SystemClock())
    for _ in range(3):
        send(bus, alert(), sequence=5)
    drain(digest)
    revision = store.incidents(Query()).items[0].revision
    changes = len(store.changes(0))
    send(bus, alert(), sequence=5)
    send(bus, alert(count=7), sequence=4)
    drain(digest)
    assert store.incidents(Query()).items[0].revision == revision
    assert store.alerts(Query()).items[0].count == 1
    assert len(store.changes(0)) == changes


def test_resuming_undoes_the_pause(bus: LocalBus, store: SqlStore) -> None:
    """When a container was resumed, the pause is told as undone."""
    digest = Digest(bus, store, SystemClock())
    common: dict[str, object] = {
        "node_id": NODE.id,
        "asset_id": CONTAINER.id,
        "reason": Text("r", "r"),
        "blast_radius": Text("b", "b"),
        "decided_by": "user:a",
        "decided_at": T0,
        "container_id": "c",
        "runtime": "podman",
    }
    pause = PauseContainer(id="eff-1", **common)  # type: ignore[arg-type]
    resume = ResumeContainer(id="eff-2", undoes="eff-1", **common)  # type: ignore[arg-type]
    send(bus, EffectRecord(effect=pause, state=EffectState.APPLIED, time=T0), sequence=0)
    send(bus, EffectRecord(effect=resume, state=EffectState.APPLIED, time=T0 + 5), sequence=1)
    drain(digest)
    record = store.effect("eff-1")
    assert record is not None
    assert record.state is EffectState.UNDONE


def test_a_scan_request_waits_as_a_gap_until_its_result(bus: LocalBus, store: SqlStore) -> None:
    """An image that was not scanned yet is a coverage gap; its result closes it."""
    digest = Digest(bus, store, SystemClock())
    request = ScanRequest(image_digest=IMAGE.digest, source="x", reference="web:1", node_id=NODE.id, requested=T0)
    send(bus, IMAGE, request, sequence=0)
    drain(digest)
    assert [g.kind for g in store.gaps(Query()).items] == [GapKind.IMAGE_NOT_SCANNED]
    send(bus, scanned(), sequence=1)
    drain(digest)
    assert store.gaps(Query()).items == ()
    assert store.findings(Query(image_digest=IMAGE.digest)).total == 1


def test_an_image_is_scanned_again_for_a_new_engine(bus: LocalBus, store: SqlStore) -> None:
    """Asked for by any node; with the engine that judged it, or where nobody knows which did, it is not."""
    request = ScanRequest(image_digest=IMAGE.digest, source="x", reference="web:1", node_id=NODE.id, requested=T0)
    for sequence, (engine, again) in enumerate((("", False), ("old", True), ("new", False))):
        store.put_scan_result(msgspec.structs.replace(scanned(), engine=engine))
        send(bus, request, sequence=sequence)
        drain(Digest(bus, store, SystemClock(), engine="new"))
        assert (store.scan_job(IMAGE.digest) is not None) is again
    store.cancel_scan(IMAGE.digest)


def test_a_failure_that_may_pass_is_no_result_yet(bus: LocalBus, store: SqlStore) -> None:
    """The image waits to be tried again, and nothing is said of it; one that stays is a result and a gap."""
    digest = Digest(bus, store, SystemClock())
    request = ScanRequest(image_digest=IMAGE.digest, source="x", reference="web:1", node_id=NODE.id, requested=T0)
    send(bus, IMAGE, request, sequence=0)
    drain(digest)
    assert store.take_scan("w", 1 << 62, 1) is not None
    failed = msgspec.structs.replace(scanned(), failure="The registry is away.", findings=(), again=True, worker="w")
    send(bus, failed, sequence=1)
    drain(digest)
    assert store.scan_results(Query()).total == 0
    job = store.scan_job(IMAGE.digest)
    assert job is not None
    assert (job.state.value, job.problem) == ("retrying", "The registry is away.")
    assert store.take_scan("w", 1 << 62, 1 << 61) is not None
    send(bus, msgspec.structs.replace(failed, again=False), sequence=2)
    drain(digest)
    assert store.scan_results(Query()).total == 1
    assert [g.kind for g in store.gaps(Query()).items] == [GapKind.NOT_EXAMINED]


def test_an_asset_without_owner_is_a_gap_until_it_has_one(bus: LocalBus, store: SqlStore) -> None:
    """The gap opens with the asset and closes when the owner becomes known."""
    digest = Digest(bus, store, SystemClock())
    send(bus, msgspec.structs.replace(CONTAINER, ownership=Ownership()), sequence=0)
    drain(digest)
    assert [g.kind for g in store.gaps(Query()).items] == [GapKind.OWNER_UNKNOWN]
    send(bus, CONTAINER, sequence=1)
    drain(digest)
    assert store.gaps(Query()).total == 0


def test_damage_on_disk_is_counted_and_passed_over(bus: LocalBus, store: SqlStore) -> None:
    """A message that cannot be read holds up nothing."""
    digest = Digest(bus, store, SystemClock())
    bus.publish(TOPIC, [b"\xff\x00 not an envelope"])
    send(bus, NODE, sequence=0)
    drain(digest)
    assert digest.refused == 1
    assert store.asset(NODE.id) is not None


class Picky(SqlStore):
    """Refuses one particular record, as a store would that holds a contradiction."""

    poison = ""

    def put_heartbeat(self, heartbeat: Heartbeat) -> None:
        if heartbeat.node_id == self.poison:
            raise StoreError("a contradiction")
        super().put_heartbeat(heartbeat)


def test_one_bad_message_is_set_aside(tmp_path: object, bus: LocalBus) -> None:
    """A message that the store refuses again and again is set aside on disk, and those around it are stored."""
    store = Picky(f"{tmp_path}/picky.sqlite", SystemClock())
    store.poison = "bad"
    digest = Digest(bus, store, SystemClock())

    def beat(node: str) -> Heartbeat:
        return Heartbeat(role="agent", node_id=node, pid=1, time=T0, version="1")

    send(bus, beat("a"), sequence=0)
    send(bus, beat("bad"), sequence=1)
    send(bus, beat("b"), sequence=2)
    drain(digest)
    assert {b.node_id for b in store.heartbeats()} == {"a", "b"}
    assert digest.refused == 1
    assert len(bus.read(DEAD, "test")) == 1
    store.close()


class Faulty(SqlStore):
    """Brings a fault of ours to light, as something hostile would: no error that anybody foresaw."""

    def put_heartbeat(self, heartbeat: Heartbeat) -> None:
        if heartbeat.node_id == "odd":
            raise IndexError("list index out of range")
        super().put_heartbeat(heartbeat)


def test_what_nobody_foresaw_ends_no_digesting(tmp_path: object, bus: LocalBus, caplog: pytest.LogCaptureFixture) -> None:
    """One message that brings a fault to light is set aside, with the place of the fault in the log; the thread goes on."""
    store = Faulty(f"{tmp_path}/faulty.sqlite", SystemClock())
    digest = Digest(bus, store, SystemClock())
    for sequence, node in enumerate(("a", "odd", "b")):
        send(bus, Heartbeat(role="agent", node_id=node, pid=1, time=T0, version="1"), sequence=sequence)
    stop = threading.Event()
    stop.set()
    digest.run(stop)
    assert {b.node_id for b in store.heartbeats()} == {"a", "b"}
    assert (digest.refused, len(bus.read(DEAD, "test"))) == (1, 1)
    assert "put_heartbeat" in caplog.text
    store.close()


class Ill(SqlStore):
    """A store whose medium fails."""

    ill = True

    def put_assets(self, assets: object) -> None:
        self._check()
        super().put_assets(assets)  # type: ignore[arg-type]

    def heartbeats(self) -> Sequence[Heartbeat]:
        self._check()
        return super().heartbeats()

    def _check(self) -> None:
        if self.ill:
            raise StoreError("the disk is full")


def test_an_ill_store_loses_nothing(tmp_path: object, bus: LocalBus) -> None:
    """While the store refuses everything, messages stay on the bus; when it is well again they are stored."""
    store = Ill(f"{tmp_path}/ill.sqlite", SystemClock())
    digest = Digest(bus, store, SystemClock())
    send(bus, NODE, sequence=0)
    with pytest.raises(StoreError):
        digest.step()
    assert store.asset(NODE.id) is None
    store.ill = False
    drain(digest)
    assert store.asset(NODE.id) is not None
    store.close()


def test_silent_agents_become_gaps_on_a_tick(bus: LocalBus, store: SqlStore) -> None:
    """An agent that stopped talking is told without anybody asking."""
    digest = Digest(bus, store, SystemClock())
    send(bus, Heartbeat(role="agent", node_id="n", pid=1, time=T0, version="1"), sequence=0)
    drain(digest)
    digest.tick()
    assert [g.kind for g in store.gaps(Query()).items] == [GapKind.SENSOR_DOWN]


def test_of_a_machine_that_was_shown_out_no_word_is_expected(bus: LocalBus, store: SqlStore) -> None:
    """Its silence is no gap, and one that was told ends."""
    digest = Digest(bus, store, SystemClock())
    send(bus, Heartbeat(role="agent", node_id="n", pid=1, time=T0, version="1"), sequence=0)
    drain(digest)
    digest.tick()
    assert store.gaps(Query()).total == 1
    store.put_joined_node(JoinedNode(node_id="n", name="n", joined=1, revoked=2))
    later = Digest(bus, store, SystemClock())
    later.tick()
    assert store.gaps(Query()).total == 0


def test_a_container_that_ended_unseen_is_told_as_ended(bus: LocalBus, store: SqlStore) -> None:
    """After a restart of the agent, containers that it does not speak of any more count as ended; others do not."""
    clock = SystemClock()
    digest = Digest(bus, store, clock)
    now = clock.now()
    gone = msgspec.structs.replace(CONTAINER, id="ctr-gone", last_seen=now - 600 * 10**9)
    here = msgspec.structs.replace(CONTAINER, last_seen=now - 30 * 10**9)
    away = msgspec.structs.replace(CONTAINER, id="ctr-away", node_id="node-2", last_seen=now - 600 * 10**9)
    send(bus, gone, here, away, Heartbeat(role="agent", node_id=NODE.id, pid=1, time=now, version="1"), sequence=0)
    drain(digest)
    digest.tick()
    running = {a.id: a.running for a in store.assets(Query(kind="container")).items if isinstance(a, Container)}
    assert running == {"ctr-gone": False, CONTAINER.id: True, "ctr-away": True}


def test_run_finishes_what_waits(bus: LocalBus, store: SqlStore) -> None:
    """Stopping the server digests what has arrived before it ends."""
    digest = Digest(bus, store, SystemClock())
    for n in range(250):
        send(bus, NODE, sequence=n)
    stop = threading.Event()
    stop.set()
    thread = threading.Thread(target=digest.run, args=(stop,))
    thread.start()
    thread.join(180)
    assert not thread.is_alive()
    assert store.seen("agent:x") == 249


def test_what_two_nodes_learned_is_one_baseline(bus: LocalBus, store: SqlStore) -> None:
    """Merged, whoever comes first; a node cannot bring a person's decision."""
    digest = Digest(bus, store, SystemClock())
    seen = [Entry(Behaviour(Aspect.READ, "/a", path), Evidence(counts={"n": 1})) for path in ("/x", "/y")]
    forged = Decision(id="d", verdict=Verdict.ACCEPT, time=1, author="user:root", reason="trust me")
    send(bus, Baseline(workload_id="w", entries=(seen[1],), decisions=(forged,)), sequence=1, sender="agent:1")
    send(bus, Baseline(workload_id="w", entries=(seen[0],), images={"sha256:a": 1}), sequence=1, sender="agent:2")
    drain(digest)
    assert store.baseline("w") == Baseline(workload_id="w", entries=tuple(seen), images={"sha256:a": 1})


def test_a_node_sets_no_policy(bus: LocalBus, store: SqlStore) -> None:
    """A node that was taken over cannot end enforcement, nor have something done to others."""
    digest = Digest(bus, store, SystemClock())
    mine = Policy(id="pol-1", name="p", mode=PolicyMode.ENFORCE, reason="ours", changed=T0)
    store.put_policy(mine)
    send(bus, msgspec.structs.replace(mine, mode=PolicyMode.OBSERVE), Policy(id="pol-2", name="q", reason="theirs"), sequence=0)
    drain(digest)
    assert [policy for policy in store.policies() if policy.id.startswith("pol-")] == [mine]


def test_a_policy_that_hurt_returns_to_alerting_everywhere(bus: LocalBus, store: SqlStore) -> None:
    """One node tells that enforcing a baseline hurt: the policy only tells from then on, until somebody sets it again. Policies
    of other kinds are not touched by what a node says."""
    digest = Digest(bus, store, SystemClock())
    enforced = Policy(id="pol-1", name="p", mode=PolicyMode.ENFORCE, enforce_baseline=True, reason="a trial", changed=T0)
    store.put_policy(enforced)
    store.put_policy(msgspec.structs.replace(enforced, id="pol-2", enforce_baseline=False))
    for sequence, (policy, since) in enumerate((("pol-2", T0 + 1), ("pol-1", T0 - 1), ("pol-1", T0 + 1))):
        gap = CoverageGap(
            id=f"gap-{sequence}",
            kind=GapKind.ENFORCING_ENDED,
            asset_id=CONTAINER.id,
            message=Text("It hurt.", "造成影响。"),
            next_step=Text("", ""),
            since=since,
            detail=policy,
        )
        modes = {p.id: p.mode for p in store.policies()}
        assert modes == {"pol-1": PolicyMode.ENFORCE, "pol-2": PolicyMode.ENFORCE}
        send(bus, gap, sequence=sequence)
        drain(digest)
    found = {p.id: p for p in store.policies()}
    assert found["pol-1"].mode is PolicyMode.ALERT
    assert found["pol-1"].reason == "a trial (returned to alerting: It hurt.)"
    assert found["pol-2"].mode is PolicyMode.ENFORCE


def test_a_full_baseline_is_a_gap(bus: LocalBus, store: SqlStore) -> None:
    """What a limit leaves out is said."""
    digest = Digest(bus, store, SystemClock())
    many = tuple(Entry(Behaviour(Aspect.READ, "/a", f"/{n:06}"), Evidence()) for n in range(20_001))
    send(bus, Baseline(workload_id="w", entries=many), sequence=1)
    drain(digest)
    gaps = store.gaps(Query()).items
    assert [(gap.asset_id, gap.kind) for gap in gaps] == [("w", GapKind.NOT_EXAMINED)]
    assert "/a" in gaps[0].message.en
    stored = store.baseline("w")
    assert stored is not None
    assert len(stored.entries) == 20_000
