"""A node is believed of itself; what it says of others is refused, whatever it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow.belonging import Belonging, runs
from periderm.model.asset import Image, Ownership, Process, User, Workload
from periderm.model.baseline import Baseline, Decision, Verdict
from periderm.model.effect import EffectRecord, EffectState, KillProcess
from periderm.model.envelope import Heartbeat, Record, ScanRequest, ScanResult
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.identity import image_id, process_id, workload_id
from periderm.model.policy import DEFAULT_POLICY
from periderm.model.queue import Asked
from periderm.model.text import Text
from periderm.model.usage import FilesInUse
from tests.fleets import Machine, MovedClock
from tests.ports.plugs import alert, finding, incident

NOTHING = Text("", "")
DIGEST = "sha256:aa"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Into which the victim has told what it has."""
    made = SqlStore(str(tmp_path / "db"), MovedClock())
    yield made
    made.close()


@pytest.fixture
def victim(store: SqlStore, tmp_path: Path) -> Machine:
    """A machine whose assets are known."""
    machine = Machine(tmp_path, "victim", "https://s:1")
    store.put_assets([machine.node, machine.container("db", "sha256:db"), workload("db")])
    return machine


@pytest.fixture
def foe(tmp_path: Path) -> Machine:
    """Another that joined, and that somebody took over."""
    return Machine(tmp_path, "foe", "https://s:1")


def workload(name: str) -> Workload:
    """As the agent tells it."""
    return Workload(id=workload_id("container", "", name), name=name, kind="container", ownership=Ownership(owner="ada"))


def kept(store: SqlStore, machine: Machine, *records: Record) -> list[Record]:
    """What is believed of it."""
    return Belonging(store, machine.node.id).own(records)


def of(machine: Machine, container: str = "", **more: object) -> list[Record]:
    """One record of each kind, as that machine's agent tells it."""
    own = machine.container("web", DIGEST)
    effect = KillProcess(
        id=f"eff-{machine.node.name}",
        node_id=machine.node.id,
        asset_id=own.id,
        reason=NOTHING,
        blast_radius=NOTHING,
        decided_by="policy:p",
        decided_at=1,
        process_key=1,
        pid=1,
        started=1,
    )
    told = alert(1, id=f"alt-{machine.node.name}", node_id=machine.node.id, asset_id=own.id, container_id=own.container_id)
    image = Image(id=image_id(DIGEST), name="web:1", digest=DIGEST, node_id=machine.node.id)
    process = Process(id=process_id(machine.node.id, 7), name="p", key=7, pid=7, executable="/p", node_id=machine.node.id)
    return [
        machine.node,
        image,
        own,
        workload("web"),
        process,
        User(id=f"usr-{machine.node.name}", name="root", user_id=0, node_id=machine.node.id),
        msgspec.structs.replace(told, workload_id=own.workload_id, image_digest=DIGEST),
        EffectRecord(effect=effect, state=EffectState.APPLIED, time=1),
        CoverageGap(
            id=f"gap-{machine.node.name}", kind=GapKind.EVENTS_LOST, asset_id=own.id, message=NOTHING, next_step=NOTHING
        ),
        Heartbeat(role="agent", node_id=machine.node.id, pid=1, time=1, version="1"),
        ScanRequest(image_digest=DIGEST, source=f"podman:{DIGEST}", reference="r", node_id=machine.node.id, requested=1),
        ScanResult(image_digest=DIGEST, node_id=machine.node.id, time=1, seconds=1.0, findings=(), worker="w"),
        FilesInUse(image_digest=DIGEST, node_id=machine.node.id, paths=("/a",), since=1, time=2),
        Baseline(workload_id=own.workload_id, observed={machine.node.id: 60}),
    ]


def test_what_an_agent_tells_of_its_own_machine_is_taken(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """All of it; only a worker's name is made its own, so that it is nobody else's."""
    belonging = Belonging(store, foe.node.id)
    records = of(foe)
    taken = belonging.own(records)
    assert not belonging.refused
    (result,) = (r for r in taken if isinstance(r, ScanResult))
    assert result.worker == f"{foe.node.id}/w"
    rest = [r for r in taken if not isinstance(r, ScanResult)]
    assert rest == [r for r in records if not isinstance(r, ScanResult)]


def test_what_another_machine_would_tell_is_refused(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """Each kind of it, and counted; what several share is not refused but not changed either."""
    belonging = Belonging(store, foe.node.id)
    records = of(victim)
    store.put_assets([r for r in records if isinstance(r, Image | Workload)])
    taken = belonging.own(records)
    assert taken == []
    assert belonging.refused.total() == len(records)


def test_what_no_node_tells_is_refused(store: SqlStore, foe: Machine) -> None:
    """Policies, incidents, findings without a scan."""
    assert kept(store, foe, DEFAULT_POLICY, incident(), finding()) == []


def test_the_ids_of_others_cannot_be_taken(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """A record that says its own node, but carries the id of what another told, is refused."""
    theirs = of(victim)
    alerts = [r for r in theirs if r.__class__.__name__ == "Alert"]
    store.put_alerts(alerts)  # type: ignore[arg-type]  # only alerts
    effects = [r for r in theirs if isinstance(r, EffectRecord)]
    store.put_effect(effects[0])
    gap = next(r for r in theirs if isinstance(r, CoverageGap))
    store.put_gaps([gap])
    user = next(r for r in theirs if isinstance(r, User))
    store.put_assets([user])
    mine = foe.container("web")
    store.put_assets([mine])
    forged: list[Record] = [
        msgspec.structs.replace(alerts[0], node_id=foe.node.id, asset_id=mine.id, container_id=mine.container_id),
        EffectRecord(
            effect=msgspec.structs.replace(effects[0].effect, node_id=foe.node.id, asset_id=mine.id),
            state=EffectState.UNDONE,
            time=9,
        ),
        msgspec.structs.replace(gap, asset_id=mine.id),
        msgspec.structs.replace(user, node_id=foe.node.id),
        msgspec.structs.replace(victim.container("db"), node_id=foe.node.id),
        msgspec.structs.replace(foe.node, id=victim.node.id),
    ]
    assert kept(store, foe, *forged) == []


def test_an_alert_does_not_reach_into_what_others_run(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """Of a workload that the node does not run it says nothing, so that it joins none of its incidents."""
    told = alert(2, node_id=foe.node.id, asset_id=foe.node.id, container_id="", workload_id=workload("db").id)
    (taken,) = kept(store, foe, told)
    assert taken == msgspec.structs.replace(told, workload_id="")


def test_an_effect_is_put_into_no_incident_by_the_node(store: SqlStore, foe: Machine) -> None:
    """The server finds its incident by its alert; what was ordered stays as it was ordered."""
    record = next(r for r in of(foe) if isinstance(r, EffectRecord))
    store.put_assets([foe.container("web", DIGEST)])
    (taken,) = kept(
        store, foe, msgspec.structs.replace(record, effect=msgspec.structs.replace(record.effect, incident_id="inc-1"))
    )
    assert isinstance(taken, EffectRecord)
    assert taken.effect.incident_id == ""
    ordered = msgspec.structs.replace(record.effect, incident_id="inc-1", decided_by="user:ada")
    store.put_effect(EffectRecord(effect=ordered, state=EffectState.ORDERED, time=1))
    (told,) = kept(store, foe, record)
    assert isinstance(told, EffectRecord)
    assert told.effect == ordered


@pytest.mark.parametrize(
    "change",
    [
        {"source": "registry:evil.example/x:1"},
        {"source": "/etc/shadow"},
        {"source": "archive:/etc/shadow"},
        {"credentials": "file:/etc/shadow"},
        {"credentials": "env:SECRET"},
        {"asked": Asked.PERSON},
    ],
)
def test_a_node_asks_for_scans_of_its_own_images_only(store: SqlStore, foe: Machine, change: dict[str, str]) -> None:
    """Not of a registry with the server's credentials, nor of the server's files, nor before everybody else's."""
    request = next(r for r in of(foe) if isinstance(r, ScanRequest))
    assert kept(store, foe, request) == [request]
    assert kept(store, foe, msgspec.structs.replace(request, **change)) == []


def test_what_another_node_found_in_an_image_stays(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """A shared image cannot be declared clean; nor be given findings of something else."""
    theirs = next(r for r in of(victim) if isinstance(r, ScanResult))
    mine = next(r for r in of(foe) if isinstance(r, ScanResult))
    assert kept(store, foe, msgspec.structs.replace(mine, findings=(finding(),))) == []
    store.put_scan_result(theirs)
    assert kept(store, foe, mine) == []
    assert len(kept(store, victim, theirs)) == 1


def test_a_shared_image_and_workload_keep_what_was_said_of_them(store: SqlStore, victim: Machine, foe: Machine) -> None:
    """Another name, or another owner, is not taken from whoever runs it too."""
    theirs = [r for r in of(victim) if isinstance(r, Image | Workload)]
    store.put_assets([*theirs, victim.container("web", DIGEST)])
    own = foe.container("web", DIGEST)
    renamed = Image(id=image_id(DIGEST), name="evil", digest=DIGEST, node_id=foe.node.id, last_seen=5)
    owned = msgspec.structs.replace(workload("web"), ownership=Ownership(owner="foe"), last_seen=5)
    _, image, work = kept(store, foe, own, renamed, owned)
    assert isinstance(image, Image)
    assert image.name == "web:1"
    assert isinstance(work, Workload)
    assert work.ownership.owner == "ada"


def test_a_baseline_tells_what_this_node_saw(store: SqlStore, foe: Machine) -> None:
    """Neither for how long others watched, nor what people decided."""
    store.put_assets([foe.container()])
    decision = Decision(id="d", verdict=Verdict.ACCEPT, author="foe", reason="r", time=1)
    told = Baseline(workload_id=workload("web").id, observed={foe.node.id: 5, "node-other": 10**9}, decisions=(decision,))
    (taken,) = kept(store, foe, told)
    assert taken == Baseline(workload_id=workload("web").id, observed={foe.node.id: 5})


def test_a_service_of_machines_is_everybodys(store: SqlStore, foe: Machine) -> None:
    """What is learned of it, and alerts about it; but its name must be that of its id."""
    service = workload_id("service", "", "/usr/sbin/sshd")
    learned = Baseline(workload_id=service, name="service:/usr/sbin/sshd")
    assert kept(store, foe, learned) == [learned]
    assert kept(store, foe, msgspec.structs.replace(learned, name="service:/usr/bin/other")) == []
    told = alert(3, node_id=foe.node.id, asset_id=foe.node.id, container_id="", workload_id=service)
    told = msgspec.structs.replace(told, evidence={"service": "/usr/sbin/sshd"})
    assert kept(store, foe, told) == [told]


def test_a_policy_is_ended_only_where_it_holds(store: SqlStore, foe: Machine) -> None:
    """A node says that a policy hurt its own container; of a policy that does not hold for it, it may not."""
    own = foe.container()
    store.put_assets([own])
    here = msgspec.structs.replace(DEFAULT_POLICY, id="pol-web", workload="web", priority=5)
    elsewhere = msgspec.structs.replace(DEFAULT_POLICY, id="pol-db", workload="db", priority=9)
    store.put_policy(here)
    store.put_policy(elsewhere)
    gap = CoverageGap(
        id="g1", kind=GapKind.ENFORCING_ENDED, asset_id=own.id, message=NOTHING, next_step=NOTHING, detail="pol-web"
    )
    assert kept(store, foe, gap) == [gap]
    assert kept(store, foe, msgspec.structs.replace(gap, detail="pol-db")) == []


def test_what_one_message_brings_counts_for_the_next(store: SqlStore, foe: Machine) -> None:
    """Containers and what is learned of them may come in one batch, before anything of it is stored."""
    belonging = Belonging(store, foe.node.id)
    belonging.own([foe.container()])
    assert len(belonging.own([Baseline(workload_id=workload("web").id)])) == 1


def test_what_runs_where(store: SqlStore, victim: Machine) -> None:
    """By workload or image; nothing runs of nothing."""
    assert runs(store, victim.node.id, workload_id=workload("db").id)
    assert runs(store, victim.node.id, image_digest="sha256:db")
    assert not runs(store, "node-other", image_digest="sha256:db")
    assert not runs(store, victim.node.id)
