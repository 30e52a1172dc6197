"""What belongs to another application than the told story's shop: each thing carries the word `zebra`, to be searched for."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app.application import Application
from periderm.model.asset import Container, Node, Ownership, Workload
from periderm.model.baseline import Baseline, Entry, Evidence
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.effect import EffectRecord, EffectState, PauseContainer
from periderm.model.envelope import ScanResult
from periderm.model.exception import Exemption, Scope
from periderm.model.finding import FindingKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.handling import Handling, HandlingKind
from periderm.model.policy import Policy
from periderm.model.session import AnnouncedSession
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.ports import plugs
from tests.story import DIGEST, SECOND, container, image, node

ZEBRA = "zebra"
OTHER_DIGEST = "sha256:" + "2eb4" * 16
OWNED = Ownership("production", "zebra-bank", "team-zebra")
WORDS = Text("zebra shell", "zebra shell")
IDS = {
    "asset": "con-zebra",
    "alert": "alt-zebra",
    "incident": "inc-zebra",
    "effect": "eff-zebra",
    "finding": "fnd-zebra",
    "baseline": "wrk-zebra",
    "image": OTHER_DIGEST,
    "session": "ses-zebra",
    "exception": "exc-zebra",
}


def tell_others(app: Application) -> None:
    """A container of another application on another node, with all that can be known of it; and one that runs from the shop's
    own image, on the shop's own node, that is not the shop's."""
    now = app.clock.now()
    theirs: Container = msgspec.structs.replace(
        container(7, now),
        id="con-zebra",
        name="zebra-web",
        container_id="2eb4" * 16,
        node_id="nod-zebra",
        image_digest=OTHER_DIGEST,
        image_name="localhost/zebra/bank:1",
        workload_id="wrk-zebra",
        labels={"app": "zebra"},
        ownership=OWNED,
    )
    shared = msgspec.structs.replace(
        theirs, id="con-zebra2", name="zebra-shared", container_id="2eb5" * 16, node_id="nod-shop", image_digest=DIGEST
    )
    machine: Node = msgspec.structs.replace(node(now), id="nod-zebra", name="zebra-01", hostname="zebra-01", ownership=OWNED)
    built = msgspec.structs.replace(
        image(now),
        id="img-zebra",
        name="localhost/zebra/bank:1",
        digest=OTHER_DIGEST,
        references=("localhost/zebra/bank:1",),
        node_id="nod-zebra",
    )
    workload = Workload(id="wrk-zebra", name="zebra-web", kind="container", ownership=OWNED, last_seen=now)
    given: dict[str, Any] = {"title": WORDS, "message": WORDS, "remediation": WORDS, "location": "/zebra"}
    given["severity"] = Severity.CRITICAL
    weak = plugs.finding(id="fnd-zebra", kind=FindingKind.SECRET, asset_id="img-zebra", last_seen=now, **given)
    store = app.store
    with store.transaction():
        store.put_assets([machine, built, workload, theirs, shared])
        inventory = msgspec.structs.replace(plugs.inventory(9), digest=OTHER_DIGEST)
        store.put_scan_result(
            ScanResult(
                image_digest=OTHER_DIGEST, node_id="nod-zebra", time=now, seconds=1.0, findings=(weak,), inventory=inventory
            )
        )
        for number, asset in (("", "con-zebra"), ("2", "con-zebra2")):
            common: dict[str, Any] = {
                "asset_id": asset,
                "node_id": "nod-zebra",
                "workload_id": "wrk-zebra",
                "title": WORDS,
                "image_digest": DIGEST,
            }
            alert = plugs.alert(id=f"alt-zebra{number}", incident_id=f"inc-zebra{number}", time=now, last_time=now, **common)
            store.put_alerts([alert])
            store.put_incident(plugs.incident(id=f"inc-zebra{number}", first_time=now, last_time=now, **common))
            pause = PauseContainer(
                id=f"eff-zebra{number}",
                node_id="nod-zebra",
                asset_id=asset,
                reason=WORDS,
                blast_radius=WORDS,
                decided_by="user:zebra",
                decided_at=now,
                container_id="2eb4" * 16,
                runtime="podman",
                incident_id=f"inc-zebra{number}",
            )
            store.put_effect(EffectRecord(effect=pause, state=EffectState.ORDERED, time=now, detail=WORDS))
        store.put_gaps(
            [
                CoverageGap(
                    id="gap-zebra",
                    kind=GapKind.SENSOR_DOWN,
                    asset_id="con-zebra",
                    message=WORDS,
                    next_step=WORDS,
                    since=now,
                    until=now,
                )
            ]
        )
        behaviour = Behaviour(Aspect.PROGRAM, "/bin/zebra", "/bin/zebra")
        entry = Entry(behaviour, Evidence(counts={"nod-zebra": 3}, last=now // SECOND))
        store.put_baselines([Baseline(workload_id="wrk-zebra", name="zebra-web", entries=(entry,), changed=now // SECOND)])
        store.put_policy(Policy(id="pol-zebra", name="zebra", workload="zebra-*"))
        scope = Scope(findings=("IMG-001",), images=("localhost/zebra/*",))
        store.put_exemption(Exemption(id="exc-zebra", reason="zebra", owner="zebra", expires=now * 2, scope=scope))
        store.put_announcement(
            AnnouncedSession(id="ses-zebra", author="zebra", reason="zebra", container="zebra*", since=now, until=now + SECOND)
        )
        store.put_handling(
            Handling(id="inc-zebra", kind=HandlingKind.INCIDENT, assignee="zebra", subject_id="inc-zebra", asset_id="con-zebra")
        )
