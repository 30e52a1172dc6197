"""What every store promises (see `periderm/ports/store.py`). Pages are in test_store_pages.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.model.account import SignedIn
from periderm.model.asset import Image, Ownership
from periderm.model.effect import EffectState
from periderm.model.envelope import Heartbeat, ScanRequest, ScanResult
from periderm.model.errors import StoreError
from periderm.model.incident import IncidentState
from periderm.model.policy import Policy
from periderm.model.query import Query
from periderm.model.text import Text
from periderm.model.usage import FilesInUse, merge
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import alert, container, effect, finding, gap, image, incident, inventory


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store as often as it is called."""
    stores: list[Store] = []

    def open_store() -> Store:
        stores.append(request.param.open(tmp_path))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    """An open, empty store."""
    return opened()


def told(store: Store, after: int = 0) -> list[tuple[str, str]]:
    """What changed, without numbers and times."""
    return [(change.what, change.id) for change in store.changes(after)]


def signed_in(name: str, expires: int) -> SignedIn:
    """A session."""
    return SignedIn(id=f"sit-{name}", name=name, began=1, expires=expires)


def abandon(store: Store, *actions: Callable[[], object]) -> None:
    """Do these in a transaction that then fails."""

    def fail() -> None:
        with store.transaction():
            for action in actions:
                action()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()


def request(number: int = 1, requested: int = 10) -> ScanRequest:
    """Image `number` waits."""
    return ScanRequest(
        image_digest=f"sha256:{number}", source="podman:x", reference="shop:1", node_id="nod-1", requested=requested
    )


def result(*findings: object, number: int = 1, time: int = 500, failure: str = "", **more: object) -> ScanResult:
    """Image `number` was scanned."""
    given = {"findings": findings, "inventory": inventory(number), "failure": failure, **more}
    return ScanResult(image_digest=f"sha256:{number}", node_id="nod-1", time=time, seconds=1.0, **given)  # type: ignore[arg-type]


def test_what_was_put_is_there_in_the_next_process(opened: Callable[[], Store]) -> None:
    """All families survive closing and opening."""
    first = opened()
    first.put_assets([container(), image()])
    first.put_findings([finding()])
    first.put_alerts([alert()])
    first.put_incident(incident())
    first.put_effect(effect())
    first.put_gaps([gap()])
    first.put_policy(Policy(id="pol-1", name="shop"))
    first.put_scan_request(request(2))
    first.put_scan_result(result(number=3))
    first.put_session("digest", signed_in("ada", 1000))
    first.put_heartbeat(Heartbeat(role="agent", node_id="nod-1", pid=1, time=2, version="1"))
    first.mark_seen("agent:x", 4)
    first.close()
    second = opened()
    assert second.asset("ctr-1") == container()
    assert second.finding("fnd-0001") == finding()
    assert second.alert("alt-0001") == alert()
    assert second.incident("inc-0001") == incident()
    assert second.effect("eff-1") == effect()
    assert second.gaps(Query()).items == (gap(),)
    assert [policy.id for policy in second.policies()] == ["pol-1"]
    assert second.take_scan("w", 100, 50) == request(2)
    assert second.inventory("sha256:3") == inventory(3)
    assert second.session("digest", 999) == signed_in("ada", 1000)
    assert [beat.pid for beat in second.heartbeats()] == [1]
    assert second.seen("agent:x") == 4


def test_unknown_names_are_none(store: Store) -> None:
    """Nothing is invented for an id that was never put."""
    assert store.asset("x") is store.finding("x") is store.alert("x") is store.incident("x") is None
    assert store.effect("x") is store.inventory("x") is None
    assert list(store.effect_history("x")) == []
    assert store.seen("x") == -1


def test_an_asset_keeps_what_was_known(store: Store) -> None:
    """First seen once, last seen at the greatest time, owners only replaced by owners."""
    store.put_assets([container(first_seen=5, last_seen=9, ownership=plugs.OWNED)])
    store.put_assets([container(first_seen=1, last_seen=7, ownership=Ownership(owner="bob"), name="new")])
    found = store.asset("ctr-1")
    assert found is not None
    assert (found.first_seen, found.last_seen, found.name) == (5, 9, "new")
    assert found.ownership == Ownership(environment="production", application="shop", owner="bob")


def test_seen_again_is_no_change_worth_telling(store: Store) -> None:
    """An asset or finding that only moved its `last_seen` is stored and not told."""
    store.put_assets([container(last_seen=1)])
    store.put_findings([finding(last_seen=1)])
    store.put_assets([container(last_seen=2)])
    store.put_findings([finding(last_seen=2)])
    assert told(store) == [("asset", "ctr-1"), ("finding", "fnd-0001")]
    assert [found.last_seen for found in store.findings(Query()).items] == [2]


def test_a_finding_keeps_its_first_time(store: Store) -> None:
    """Seeing it again changes only `last_seen`."""
    store.put_findings([finding(first_seen=100, last_seen=100)])
    store.put_findings([finding(first_seen=300, last_seen=300)])
    assert store.finding("fnd-0001") == finding(first_seen=100, last_seen=300)


def test_a_scan_replaces_the_findings_of_its_image(store: Store) -> None:
    """What is gone was fixed; what stays keeps its first time; other images are left alone."""
    store.put_assets([image(1), image(2)])
    store.put_findings([finding(1), finding(2), finding(3, asset_id="img-2")])
    store.put_scan_result(result(finding(2, first_seen=500, last_seen=500), finding(4), number=1))
    left = store.findings(Query(image_digest="sha256:1")).items
    assert {item.id: item.first_seen for item in left} == {"fnd-0002": 100, "fnd-0004": 100}
    assert store.finding("fnd-0001") is None
    assert store.finding("fnd-0003") is not None
    scanned = store.asset("img-1")
    assert isinstance(scanned, Image)
    assert scanned.scanned_at == 500


def test_a_scan_result_again_changes_nothing(store: Store) -> None:
    """A resend is harmless and tells nobody."""
    store.put_assets([image(1)])
    store.put_scan_result(result(finding(1)))
    before = store.changes(0)
    store.put_scan_result(result(finding(1)))
    assert store.changes(0) == before


def test_a_failed_scan_keeps_what_was_found(store: Store) -> None:
    """A scan that could not look has fixed nothing."""
    store.put_scan_result(result(finding(1)))
    store.put_scan_result(result(failure="The image is gone.", time=600, inventory=None))
    assert store.finding("fnd-0001") is not None
    assert store.inventory("sha256:1") is not None
    page = store.scan_results(Query())
    assert [(item.failure, item.findings, item.inventory) for item in page.items] == [("The image is gone.", (), None)]


def test_an_image_is_asked_for_once(store: Store) -> None:
    """While it waits, is being scanned, and after it was."""
    assert store.put_scan_request(request()) is True
    assert store.put_scan_request(request(requested=99)) is False
    store.take_scan("w", 100, 50)
    assert store.put_scan_request(request()) is False
    store.put_scan_result(result())
    assert store.put_scan_request(request()) is False
    assert store.take_scan("w", 100, 50) is None


def test_an_image_is_asked_for_again(store: Store) -> None:
    """After it was scanned; while it waits it waits once."""
    store.put_scan_result(result())
    assert store.put_scan_request(request(), again=True) is True
    assert store.put_scan_request(request(), again=True) is False
    assert store.take_scan("w", 100, 50) is not None
    assert store.inventory("sha256:1") is not None


def test_scans_are_taken_oldest_first_and_by_one_worker(store: Store) -> None:
    """A lease keeps others away until it is over."""
    store.put_scan_request(request(1, requested=20))
    store.put_scan_request(request(2, requested=10))
    assert store.take_scan("a", lease_until=100, now=50) == request(2, requested=10)
    assert store.take_scan("b", lease_until=100, now=50) == request(1, requested=20)
    assert store.take_scan("c", lease_until=200, now=99) is None
    assert store.take_scan("c", lease_until=200, now=100) == request(2, requested=10)


def test_alerts_are_found_by_their_ids(store: Store) -> None:
    """Those that are stored, however many are asked for, under the names that they were asked by."""
    store.put_alerts([alert(number) for number in range(1, 4)])
    assert store.alerts_by_id([]) == {}
    asked = [f"alt-{number:04d}" for number in range(2, 1200)] + ["alt\x00-\udc80"]
    assert store.alerts_by_id(asked) == {"alt-0002": alert(2), "alt-0003": alert(3)}


def test_an_alert_grows_and_stays_in_its_incident(store: Store) -> None:
    """The greatest count and time; an incident is never forgotten."""
    store.put_alerts([alert(count=5, last_time=500, incident_id="inc-1")])
    store.put_alerts([alert(count=2, last_time=200, incident_id="")])
    assert store.alert("alt-0001") == alert(count=5, last_time=500, incident_id="inc-1")


def test_an_old_revision_of_an_incident_is_refused(store: Store) -> None:
    """Whoever changed an old copy is told; the same revision again is ignored."""
    store.put_incident(incident(revision=2))
    with pytest.raises(StoreError) as caught:
        store.put_incident(incident(revision=1))
    assert caught.value.next_step
    store.put_incident(incident(revision=2, title=Text("other", "")))
    assert store.incident("inc-0001") == incident(revision=2)
    store.put_incident(incident(revision=3, state=IncidentState.RESOLVED))
    assert store.incident("inc-0001") == incident(revision=3, state=IncidentState.RESOLVED)


def test_open_incidents_of_an_asset(store: Store) -> None:
    """New and acknowledged ones, the newest first, of no other asset."""
    store.put_incident(incident(1, last_time=100))
    store.put_incident(incident(2, last_time=300, state=IncidentState.ACKNOWLEDGED))
    store.put_incident(incident(3, last_time=200, state=IncidentState.RESOLVED))
    store.put_incident(incident(4, last_time=200, state=IncidentState.FALSE_ALARM))
    store.put_incident(incident(5, asset_id="ctr-2"))
    assert [found.id for found in store.open_incidents("ctr-1")] == ["inc-0002", "inc-0001"]


def test_the_latest_record_of_an_effect_holds(store: Store) -> None:
    """All are kept; one that comes late does not become current."""
    store.put_effect(effect(time=10, state=EffectState.ORDERED))
    store.put_effect(effect(time=30, state=EffectState.UNDONE))
    store.put_effect(effect(time=20, state=EffectState.APPLIED))
    store.put_effect(effect(time=20, state=EffectState.APPLIED))
    assert [record.time for record in store.effect_history("eff-1")] == [10, 20, 30]
    assert store.effect("eff-1") == effect(time=30, state=EffectState.UNDONE)
    assert store.effects(Query(state=EffectState.UNDONE.value)).total == 1
    assert store.effects(Query(state=EffectState.ORDERED.value)).total == 0
    assert store.effects(Query(kind="pause-container")).total == 1


def test_gaps_widen_until_they_are_closed(store: Store) -> None:
    """The smallest since, the greatest until and count; then gone."""
    store.put_gaps([gap(since=100, until=200, count=5)])
    store.put_gaps([gap(since=50, until=150, count=7)])
    assert store.gaps(Query()).items == (gap(since=50, until=200, count=7),)
    store.close_gap("gap-1")
    store.close_gap("gap-1")
    assert store.gaps(Query()).total == 0
    assert told(store) == [("gap", "gap-1")] * 3


def test_policies_by_priority(store: Store) -> None:
    """Highest first, then by id; a removed one no longer holds."""
    for name, priority in (("b", 1), ("a", 1), ("c", 9), ("d", -(2**63))):
        store.put_policy(Policy(id=name, name=name, priority=priority))
    store.put_policy(Policy(id="a", name="renamed", priority=1))
    assert [policy.name for policy in store.policies()] == ["c", "renamed", "b", "d"]
    store.remove_policy("c")
    store.remove_policy("never was")
    assert [policy.id for policy in store.policies()] == ["a", "b", "d"]


def test_a_sign_in_works_once(store: Store) -> None:
    """Not twice, not after its end, not when put again, not for another secret."""
    store.put_sign_in("d1", "ada", expires=100)
    store.put_sign_in("d2", "bob", expires=100)
    assert store.use_sign_in("d1x", now=50) is None
    assert store.use_sign_in("d1", now=50) == "ada"
    store.put_sign_in("d1", "ada", expires=100)
    assert store.use_sign_in("d1", now=50) is None
    assert store.use_sign_in("d2", now=100) is None
    assert store.use_sign_in("d2", now=50) is None


def test_a_sign_in_works_once_for_many_at_once(store: Store) -> None:
    """Of eight who use the same link together, one gets in."""
    store.put_sign_in("d", "ada", expires=100)
    names: list[str | None] = []
    threads = [threading.Thread(target=lambda: names.append(store.use_sign_in("d", now=1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(names, key=str) == [*[None] * 7, "ada"]


def test_sessions_end(store: Store) -> None:
    """By their time, or because somebody signs out."""
    store.put_session("d1", signed_in("ada", 100))
    store.put_session("d2", signed_in("bob", 100))
    assert store.session("d1", now=99) == signed_in("ada", 100)
    assert store.session("d1", now=100) is None
    store.end_session("d2")
    assert store.session("d2", now=1) is None


def test_envelopes_are_taken_once(store: Store) -> None:
    """The sequence of a sender never goes back, and belongs to that sender alone."""
    store.mark_seen("a", 0)
    assert (store.seen("a"), store.seen("b")) == (0, -1)
    store.mark_seen("a", 7)
    store.mark_seen("a", 3)
    assert store.seen("a") == 7


def test_the_last_heartbeat_of_each_role_and_node(store: Store) -> None:
    """A restarted agent replaces its heartbeat."""
    for role, node, pid in (("agent", "n1", 1), ("agent", "n1", 2), ("worker", "n1", 3), ("agent", "n2", 4)):
        store.put_heartbeat(Heartbeat(role=role, node_id=node, pid=pid, time=pid, version="1"))
    assert sorted(beat.pid for beat in store.heartbeats()) == [2, 3, 4]
    assert list(store.changes(0)) == []


def test_changes_are_numbered_without_holes(opened: Callable[[], Store]) -> None:
    """From 1 on, each one more, also in another process, and not used up by what was rolled back."""
    first = opened()
    first.put_alerts([alert(1), alert(2)])
    abandon(first, lambda: first.put_alerts([alert(3)]))
    second = opened()
    second.put_alerts([alert(4)])
    first.put_alerts([alert(1)])
    first.put_incident(incident())
    assert [(c.sequence, c.what, c.id) for c in first.changes(0)] == [
        (1, "alert", "alt-0001"),
        (2, "alert", "alt-0002"),
        (3, "alert", "alt-0004"),
        (4, "incident", "inc-0001"),
    ]
    assert [c.sequence for c in second.changes(2, limit=1)] == [3]
    assert list(second.changes(4)) == []


def test_the_tail_of_changes_is_bounded_but_long(store: Store) -> None:
    """The last 10,000 are kept, and not every one there ever was."""
    for start in range(0, 13_000, 500):
        store.put_gaps([gap(number) for number in range(start, start + 500)])
    kept = [change.sequence for change in store.changes(0, limit=20_000)]
    assert kept == list(range(kept[0], 13_001))
    assert 10_000 <= len(kept) < 13_000


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    """When it raises, nothing of it was ever there."""
    abandon(store, lambda: store.put_alerts([alert()]), lambda: store.mark_seen("a", 1))
    assert store.alert("alt-0001") is None
    assert store.seen("a") == -1
    assert list(store.changes(0)) == []


def test_others_see_only_finished_transactions(opened: Callable[[], Store]) -> None:
    """Its own thread sees what it wrote, another thread and another process do not, until it ends."""
    one, other = opened(), opened()
    seen: list[object] = []
    with one.transaction():
        one.put_alerts([alert()])
        assert one.alert("alt-0001") == alert()
        thread = threading.Thread(target=lambda: seen.append(one.alert("alt-0001")))
        thread.start()
        thread.join()
        seen.append(other.alert("alt-0001"))
    assert seen == [None, None]
    assert one.alert("alt-0001") == other.alert("alt-0001") == alert()


def test_transactions_nest(store: Store) -> None:
    """The outer one counts; an inner one that raises takes back only its own."""
    with store.transaction():
        store.put_alerts([alert(1)])
        abandon(store, lambda: store.put_alerts([alert(2)]))
        with store.transaction():
            store.put_alerts([alert(3)])
    assert [found.id for found in store.alerts(Query()).items] == ["alt-0001", "alt-0003"]
    assert told(store) == [("alert", "alt-0001"), ("alert", "alt-0003")]

    def inner() -> None:
        with store.transaction():
            store.put_alerts([alert(4)])

    abandon(store, inner)
    assert store.alert("alt-0004") is None


def test_many_threads_write_at_once(store: Store) -> None:
    """No write gets lost between threads, and each change has its own number."""

    def write(start: int) -> None:
        for number in range(start, start + 10):
            with store.transaction():
                store.put_alerts([alert(number)])
                store.mark_seen(f"agent:{start}", number)

    threads = [threading.Thread(target=write, args=(start,)) for start in range(0, 80, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.alerts(Query()).total == 80
    assert [change.sequence for change in store.changes(0)] == list(range(1, 81))


def test_two_processes_write_at_once(opened: Callable[[], Store]) -> None:
    """Counts that two openers raise together end at the greatest, with no error in between."""
    stores = [opened(), opened()]

    def write(store: Store, start: int) -> None:
        for count in range(start, 60, 2):
            store.put_alerts([alert(count=count + 1, last_time=count)])

    threads = [threading.Thread(target=write, args=(store, start)) for start, store in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stores[0].alert("alt-0001") == alert(count=60, last_time=59)


def test_names_that_are_not_utf8_are_kept_readable(store: Store) -> None:
    """A file name of any bytes can be put, found and put again without a change."""
    hostile = alert(object="/tmp/\udcff\x00x", message=Text("ran /tmp/\udcff", "运行 \udcff"))
    store.put_alerts([hostile])
    store.put_alerts([hostile])
    assert len(store.changes(0)) == 1
    found = store.alerts(Query(text="\udcff")).items
    assert [item.id for item in found] == ["alt-0001"]
    assert "\\udcff" in found[0].object
    msgspec.json.encode(found[0])


def test_numbers_that_no_column_holds(store: Store) -> None:
    """A time beyond 64 bits is a clear error or kept, and never a crash."""
    store.put_alerts([alert(1, last_time=2**63)])
    assert [item.last_time for item in store.alerts(Query()).items] == [2**63]
    with pytest.raises(StoreError):
        store.put_alerts([alert(2, last_time=2**64)])
    with pytest.raises(StoreError):
        store.put_alerts([alert(3, id="x" * 5000)])
    assert store.alerts(Query()).total == 1


def test_an_iterable_that_fails_stores_nothing(store: Store) -> None:
    """A put is all or nothing, whatever gives it its values."""

    def broken() -> Iterator[object]:
        yield alert(1)
        raise KeyError

    with store.transaction():
        with pytest.raises(KeyError):
            store.put_alerts(broken())  # type: ignore[arg-type]
        store.put_alerts([alert(2)])
    assert [item.id for item in store.alerts(Query()).items] == ["alt-0002"]


def test_a_closed_store_says_so(store: Store) -> None:
    """An error of ours, for reading and writing; closing twice is harmless."""
    store.close()
    store.close()
    with pytest.raises(StoreError):
        store.put_alerts([alert()])
    with pytest.raises(StoreError):
        store.alert("alt-0001")


def test_files_in_use_add_up(store: Store) -> None:
    """What is told of one image adds up, in any order and however often; an image that nobody looked at has none."""
    first = FilesInUse(image_digest="sha256:a", node_id="n", paths=("usr/bin/x",), since=1, time=5)
    second = FilesInUse(image_digest="sha256:a", node_id="n", paths=("usr/lib/y.so",), since=4, time=9)
    for use in (first, second, first):
        store.put_files_in_use(use)
    assert store.files_in_use("sha256:a") == merge(first, second)
    assert store.files_in_use("sha256:b") is None


def test_a_look_is_of_one_state(opened: Callable[[], Store]) -> None:
    """Whatever others write meanwhile; a write of one's own is seen at once."""
    store, other = opened(), opened()
    with store.look():
        assert store.incidents(Query()).total == 0
        other.put_incident(incident(1))
        assert (store.incidents(Query()).total, store.incident("inc-0001")) == (0, None)
        with store.look():
            assert store.incidents(Query(limit=5)).total == 0
        store.put_incident(incident(2))
        assert store.incidents(Query()).total == 2
    assert store.incident("inc-0001") is not None


def test_an_outline_is_what_an_incident_is_compared_by(store: Store) -> None:
    """The same list in the same order, with nothing besides."""
    for number in range(1, 4):
        store.put_incident(incident(number, last_time=number, workload_id=f"wrk-{number % 2}"))
    whole, outlines = store.incidents(Query(limit=2)), store.incident_outlines(Query(limit=2))
    assert [each.id for each in outlines.items] == [each.id for each in whole.items]
    assert (outlines.total, outlines.next_cursor) == (whole.total, whole.next_cursor)
    assert [each.id for each in store.incident_outlines(Query(workload_id="wrk-0")).items] == ["inc-0002"]
    with store.look():  # the same question to both is not the same answer
        assert store.incidents(Query()).items[0].title == incident(3).title
        assert not hasattr(store.incident_outlines(Query()).items[0], "title")
