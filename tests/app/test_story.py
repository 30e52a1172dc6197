"""The story believes only what the product stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.story import Point, Story
from periderm.model.asset import Image
from periderm.model.effect import EffectRecord, EffectState, KillAtExec
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.finding import Finding, FindingKind
from periderm.model.identity import image_id
from periderm.model.image import ImageConfig, ImageInventory, OsRelease, Package
from periderm.model.incident import ChainStep, FindingLink, Incident, IncidentState
from periderm.model.policy import Policy, PolicyMode
from periderm.model.query import Query
from periderm.model.settings import Settings
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.ports.sample import AttackStep
from tests.flow.conftest import CONTAINER, NODE, alert
from tests.flow.test_control import Clock

DIGEST = "sha256:aa"
WORDS = Text("words", "文字")


class Shop:
    """A sample whose ways the test decides; what the product would store is stored by the test."""

    def __init__(self, on_attack: Callable[[], None]) -> None:
        self.on_attack = on_attack
        self.marker = False
        self.happened = True

    def available(self) -> str:
        return ""

    def build(self, progress: Callable[[str, float | None], None]) -> None:
        progress("built", 1.0)

    def image_digest(self) -> str:
        return DIGEST

    def policy(self) -> Policy:
        return Policy(id="pol-sample", name="sample", mode=PolicyMode.ENFORCE, kill_drift=True, reason="the sample")

    def start(self) -> str:
        return CONTAINER.container_id

    def normal_work(self, seconds: float, progress: Callable[[float], None]) -> int:
        progress(1.0)
        return 10

    def attack(self) -> Iterator[AttackStep]:
        self.on_attack()
        yield AttackStep(WORDS, self.happened)

    def expected_detectors(self) -> frozenset[str]:
        return frozenset({"RUN-002", "RUN-005"})

    def marker_absent(self) -> bool:
        return not self.marker

    def stop(self) -> None:
        pass

    def clean(self) -> list[str]:
        return []


class Stage:
    """A store in which the product's work appears as the clock goes on."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.store = SqlStore(str(folder / "periderm.sqlite"), self.clock)
        settings = Settings(state=str(folder), cache=str(folder))
        self.app = Application(store=self.store, clock=self.clock, settings=settings)
        self.shop = Shop(self.incident)
        self.detectors = ("RUN-002", "RUN-005")
        self.links = (FindingLink(finding_id="fnd-1", why=WORDS),)
        self.incidents = 1
        self.killed = True
        self.noise = False
        self.stale = 0

    def alive(self) -> None:
        """The agent beats on; the quiet is as the test wants it."""
        self.beat()

    def beat(self) -> None:
        """A heartbeat with figures that grow."""
        now = self.clock.now()
        figures = {"events": now / 1e6, "folded": 5.0}
        self.store.put_heartbeat(Heartbeat(role="agent", node_id=NODE.id, pid=1, time=now, version="1", figures=figures))

    def prepare(self) -> None:
        """What the agent and the worker tell: node, image, container, scan."""
        now = self.clock.now() - self.stale
        image = Image(id=image_id(DIGEST), name="shop:1", digest=DIGEST, last_seen=now)
        container = msgspec.structs.replace(CONTAINER, image_digest=DIGEST, last_seen=now)
        self.store.put_assets([msgspec.structs.replace(NODE, last_seen=now), image, container])
        finding = Finding(
            id="fnd-1",
            detector="IMG-001",
            kind=FindingKind.SECRET,
            severity=Severity.HIGH,
            asset_id=image.id,
            title=WORDS,
            message=WORDS,
            remediation=WORDS,
        )
        weakness = msgspec.structs.replace(finding, id="fnd-2", kind=FindingKind.CONFIGURATION)
        inventory = ImageInventory(
            digest=DIGEST,
            reference="shop:1",
            source="x",
            config=ImageConfig(),
            os=OsRelease(pretty_name="Debian"),
            packages=(Package(name="a", version="1", type="deb", purl="pkg:deb/debian/a@1"),),
            executables=(),
        )
        self.store.put_scan_result(
            ScanResult(
                image_digest=DIGEST, node_id=NODE.id, time=1, seconds=1, findings=(finding, weakness), inventory=inventory
            )
        )
        self.beat()
        if self.noise:
            self.store.put_alerts([alert()])

    def incident(self) -> None:
        """What the attack leads to."""
        now = self.clock.now()
        for number in range(self.incidents):
            identity = f"inc-{number}"
            steps = tuple(
                ChainStep(
                    alert_id=f"alt-{d}",
                    detector=d,
                    tactic="TA0002",
                    technique="T1059.004",
                    time=now,
                    title=WORDS,
                    message=WORDS,
                    severity=Severity.HIGH,
                    process_key=2,
                )
                for d in self.detectors
            )
            self.store.put_incident(
                Incident(
                    id=identity,
                    title=WORDS,
                    summary=WORDS,
                    severity=Severity.HIGH,
                    reasons=(),
                    state=IncidentState.NEW,
                    node_id=NODE.id,
                    asset_id=CONTAINER.id,
                    chain=steps,
                    processes=(),
                    findings=self.links,
                    effects=(),
                    first_time=now,
                    last_time=now + 1,
                )
            )
            kill = KillAtExec(
                id=f"eff-{number}",
                node_id=NODE.id,
                asset_id=CONTAINER.id,
                reason=WORDS,
                blast_radius=WORDS,
                decided_by="policy:pol-sample",
                decided_at=now,
                incident_id=identity,
                process_key=3,
                pid=5,
                executable="/tmp/x",
            )
            state = EffectState.APPLIED if self.killed else EffectState.DRY_RUN
            self.store.put_effect(EffectRecord(effect=kill, state=state, time=now))

    def tell(self) -> list[Point]:
        """The story to its end."""
        self.prepare()
        return list(Story(self.app, self.shop, alive=self.alive, progress=lambda *_: None).tell(1.0))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage of its own."""
    made = Stage(tmp_path)
    yield made
    made.store.close()


def test_all_points_hold(stage: Stage) -> None:
    """When the product did its work, five points hold and the last one names the incident; the policy was set first."""
    points = stage.tell()
    assert [(p.number, p.ok) for p in points] == [(n, True) for n in range(1, 6)], points[-1].why
    assert points[-1].incident_id == "inc-0"
    assert "pol-sample" in {p.id for p in stage.store.policies()}


def test_an_alert_during_normal_work_fails_the_third_point(stage: Stage) -> None:
    """A false alarm ends the story there, and is shown."""
    stage.noise = True
    points = stage.tell()
    assert [p.ok for p in points] == [True, True, False]
    assert any("lighttpd started sh" in line.en for line in points[-1].lines)


def test_an_attack_that_did_not_happen_proves_nothing(stage: Stage) -> None:
    """If a step of the attack failed, the fourth point does not hold."""
    stage.shop.happened = False
    assert [p.ok for p in stage.tell()] == [True, True, True, False]


@pytest.mark.parametrize("fault", ["two", "missing", "unlinked", "unkilled", "marker", "none"])
def test_each_fault_of_the_incident_is_named(stage: Stage, fault: str) -> None:
    """Two incidents, a missing step, no finding, no kill, or a file that was written: the last point fails and says why."""
    expected = {
        "two": "2 incidents",
        "missing": "RUN-005",
        "unlinked": "No finding",
        "unkilled": "No kill",
        "marker": "wrote its file",
        "none": "0 incidents",
    }
    if fault == "two":
        stage.incidents = 2
    elif fault == "missing":
        stage.detectors = ("RUN-002",)
    elif fault == "unlinked":
        stage.links = ()
    elif fault == "unkilled":
        stage.killed = False
    elif fault == "marker":
        stage.shop.marker = True
    else:
        stage.incidents = 0
    last = stage.tell()[-1]
    assert (last.number, last.ok) == (5, False)
    assert expected[fault] in last.why.en


def test_nothing_found_is_not_waited_for_for_ever(stage: Stage) -> None:
    """Without an agent the first point fails after its time."""
    story = Story(stage.app, stage.shop, alive=lambda: None, progress=lambda *_: None)
    points = list(story.tell(1.0))
    assert [(p.number, p.ok) for p in points] == [(1, False)]


def test_what_an_earlier_run_left_proves_nothing(stage: Stage) -> None:
    """Assets that nobody has seen since the story began do not count."""
    stage.stale = 1
    points = stage.tell()
    assert [(p.number, p.ok) for p in points] == [(1, False)]


def test_an_earlier_incident_of_the_sample_is_closed(stage: Stage) -> None:
    """A second run right after the first has an incident of its own."""
    stage.incident()
    earlier = stage.store.incidents(Query()).items[0]
    stage.store.put_incident(
        msgspec.structs.replace(earlier, id="inc-old", workload_id=CONTAINER.workload_id, last_time=1, first_time=1)
    )
    stage.tell()
    closed = stage.store.incident("inc-old")
    assert closed is not None
    assert closed.state is IncidentState.RESOLVED
