"""What was fixed is said to be fixed, by looking again."""

from __future__ import annotations

import msgspec
import pytest

from periderm.adapters.store_sql.store import SqlStore
from periderm.correlate.weakness import risk_id
from periderm.flow.risk import PAUSE_NS, Risks
from periderm.model.asset import Container
from periderm.model.envelope import Record, ScanResult
from periderm.model.finding import Finding
from periderm.model.handling import Handling, HandlingKind, HandlingState
from periderm.model.query import Query
from periderm.model.severity import Severity
from tests.flow.test_control import Clock
from tests.ports.plugs import container, finding, image

KEY = finding(1, location="/srv/.env", severity=Severity.HIGH)
SECOND = 10**9
RISK = risk_id(KEY, "shop")


class Lab:
    """A repository whose images are built and scanned one after the other."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.clock = Clock()
        self.clock.shift = 20_000 * 86_400 * SECOND
        self.risks = Risks(store, self.clock)

    def build(self, number: int, *findings: Finding) -> None:
        """Image `number` of the shop, scanned."""
        self.store.put_assets([image(number, name=f"shop:{number}", created=number)])
        named = [msgspec.structs.replace(f, id=f"{f.id}-{number}", asset_id=f"img-{number}") for f in findings]
        result = ScanResult(
            image_digest=f"sha256:{number}", node_id="nod-1", time=self.clock.now(), seconds=1.0, findings=tuple(named)
        )
        self.store.put_scan_result(result)
        self.tell(result)

    def run(self, of: int, *, running: bool = True) -> None:
        """A container of image `of` starts or ends."""
        asset = container(of, image_digest=f"sha256:{of}", image_name=f"shop:{of}", running=running)
        self.store.put_assets([asset])
        self.tell(asset)

    def tell(self, record: Record) -> None:
        self.risks.take([record])
        self.clock.sleep(PAUSE_NS / SECOND + 1)
        self.risks.step()

    def handle(self, state: HandlingState = HandlingState.ASSIGNED) -> None:
        """Somebody deals with the key."""
        self.store.put_handling(
            Handling(id=RISK, kind=HandlingKind.FINDING, place="shop", state=state, changed=self.clock.now())
        )

    @property
    def state(self) -> str:
        found = self.store.handling(RISK)
        assert found is not None
        return found.state.value

    def open(self) -> int:
        """Grave weaknesses that are there now."""
        day = self.store.risk_days(self.clock.now(), self.clock.now())[0]
        return day.existing + day.fresh


@pytest.fixture
def lab(store: SqlStore) -> Lab:
    """Empty."""
    return Lab(store)


def test_a_new_image_without_it_fixes_it(lab: Lab) -> None:
    """And one with it opens it again, and says how often that happened."""
    lab.build(1, KEY)
    lab.handle()
    assert lab.open() == 1
    lab.build(2)
    assert (lab.state, lab.open()) == ("fixed", 0)
    lab.build(3, KEY)
    found = lab.store.handling(RISK)
    assert found is not None
    assert (found.state, found.reopened, lab.open()) == (HandlingState.REOPENED, 1, 1)
    assert [c.what for c in found.comments] == ["not found any more", "found again"]
    assert found.subject_id.endswith("-3")


def test_as_long_as_the_old_image_runs_nothing_is_fixed(lab: Lab) -> None:
    """What runs counts, not what was built; it is fixed when the last old container ends."""
    lab.build(1, KEY)
    lab.run(1)
    lab.handle()
    lab.build(2)
    assert (lab.state, lab.open()) == ("assigned", 1)
    lab.run(1, running=False)
    assert (lab.state, lab.open()) == ("fixed", 0)


def test_what_a_person_closed_is_looked_at_by_the_next_scan(lab: Lab) -> None:
    """A container that starts proves nothing; a scan that still finds it does."""
    lab.build(1, KEY)
    lab.handle(HandlingState.CLOSED)
    lab.run(1)
    assert lab.state == "closed"
    lab.build(1, KEY)
    assert lab.state == "reopened"


def test_a_scan_that_failed_fixes_nothing(lab: Lab) -> None:
    """It has looked at nothing."""
    lab.build(1, KEY)
    lab.handle()
    failed = ScanResult(image_digest="sha256:1", node_id="n", time=5, seconds=1.0, findings=(), failure="damaged")
    lab.store.put_scan_result(failed)
    lab.tell(failed)
    assert lab.state == "assigned"


def test_another_repository_is_not_touched(lab: Lab) -> None:
    """A name that begins alike is another one."""
    lab.build(1, KEY)
    lab.handle()
    lab.store.put_assets([image(9, name="shop-api:1", created=99)])
    lab.store.put_scan_result(ScanResult(image_digest="sha256:9", node_id="n", time=5, seconds=1.0, findings=()))
    lab.risks.look("shop-api")
    lab.risks.look("shop")
    assert lab.state == "assigned"


def test_what_runs_is_looked_at_once(lab: Lab) -> None:
    """Nodes tell of it each minute; only that it began or ended is news."""
    lab.build(1, KEY)
    running = container(1, image_digest="sha256:1", image_name="shop:1", running=True)
    looked: list[str] = []

    def look(place: str, *, scanned: bool = True) -> None:
        del scanned
        looked.append(place)

    lab.risks.look = look  # type: ignore[method-assign]
    for _ in range(3):
        lab.tell(running)
    lab.tell(msgspec.structs.replace(running, running=False))
    lab.tell(Container(id="x", name="x", container_id="c", runtime="podman", node_id="n", running=True))
    assert looked == ["shop", "shop"]
    assert lab.store.handlings(Query()).total == 0


def test_what_was_accepted_until_a_day_is_open_after_it(lab: Lab) -> None:
    """The step looks each minute, says so once, and leaves what is accepted for longer."""
    lab.build(1, KEY)
    lab.handle(HandlingState.ACCEPTED)
    accepted = lab.store.handlings(Query()).items[0]
    end = lab.clock.now() + 3600 * SECOND
    lab.store.put_handling(msgspec.structs.replace(accepted, due=end))
    lab.risks.step()
    assert lab.state == "accepted"
    lab.clock.sleep(3601)
    lab.risks.step()
    lab.risks.step()
    assert lab.state == "reopened"
    said = lab.store.handlings(Query()).items[0].comments
    assert [(c.author, c.what) for c in said] == [("periderm", "no longer accepted: its time is over")]
