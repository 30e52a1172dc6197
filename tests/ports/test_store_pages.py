"""What every store promises of its pages, and laws that hold for any values."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.model.alert import Alert
from periderm.model.asset import Container, Image, Node, Ownership, Process, User, Workload
from periderm.model.effect import EffectRecord, EffectState
from periderm.model.envelope import Heartbeat, ScanRequest
from periderm.model.errors import UsageError
from periderm.model.finding import Finding, FindingKind
from periderm.model.gap import CoverageGap
from periderm.model.incident import Incident, IncidentState
from periderm.model.policy import Policy
from periderm.model.query import Page, Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import STORES, StorePlug, alert, container, effect, finding, gap, image, incident
from tests.strategies import values

for_each_store = pytest.mark.parametrize("plug", STORES, ids=lambda plug: plug.name)
few = settings(max_examples=25, deadline=None)

Lister = Callable[[Query], Page[Any]]


def all_of(lister: Lister, query: Query) -> list[Any]:
    """All items, page by page; each page says the same total and holds no more than it was asked for."""
    found: list[Any] = []
    totals = set()
    while True:
        page = lister(query)
        assert len(page.items) <= query.limit
        found += page.items
        totals.add(page.total)
        if not page.next_cursor:
            assert totals == {len(found)}
            return found
        assert page.items
        query = msgspec.structs.replace(query, cursor=page.next_cursor)


PUTS: dict[type[Any], Callable[[Store, Any], object]] = {
    Node: lambda store, value: store.put_assets([value]),
    Image: lambda store, value: store.put_assets([value]),
    Container: lambda store, value: store.put_assets([value]),
    Workload: lambda store, value: store.put_assets([value]),
    Process: lambda store, value: store.put_assets([value]),
    User: lambda store, value: store.put_assets([value]),
    Finding: lambda store, value: store.put_findings([value]),
    Alert: lambda store, value: store.put_alerts([value]),
    Incident: lambda store, value: store.put_incident(value),
    EffectRecord: lambda store, value: store.put_effect(value),
    CoverageGap: lambda store, value: store.put_gaps([value]),
    Policy: lambda store, value: store.put_policy(value),
    Heartbeat: lambda store, value: store.put_heartbeat(value),
    ScanRequest: lambda store, value: store.put_scan_request(value),
}


def short_id(value: Any) -> bool:
    """Ids are ours, and short; what an attacker can choose is everything else."""
    held = value.effect if isinstance(value, EffectRecord) else value
    name = held.image_digest if isinstance(held, ScanRequest) else getattr(held, "id", "")
    return len(name) <= 128


@for_each_store
@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a strategy that holds very long names
@pytest.mark.parametrize("kind", PUTS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_putting_again_changes_nothing(plug: StorePlug, kind: type[Any], data: st.DataObject) -> None:
    """For any value of any family: the same again makes no Change, in the same transaction or a later one."""
    value = data.draw(values(kind).filter(short_id))
    with plug.fresh() as store:
        PUTS[kind](store, value)
        before = list(store.changes(0))
        PUTS[kind](store, value)
        with store.transaction():
            PUTS[kind](store, value)
            PUTS[kind](store, value)
        assert list(store.changes(0)) == before


LISTS: dict[str, tuple[Callable[[Store], Lister], type[Any], Callable[[Any], tuple[int, str]]]] = {
    "assets": (lambda store: store.assets, Container, lambda item: (item.last_seen, item.id)),
    "findings": (lambda store: store.findings, Finding, lambda item: (item.last_seen, item.id)),
    "alerts": (lambda store: store.alerts, Alert, lambda item: (item.last_time, item.id)),
    "incidents": (lambda store: store.incidents, Incident, lambda item: (item.last_time, item.id)),
    "effects": (lambda store: store.effects, EffectRecord, lambda item: (item.time, item.effect.id)),
    "gaps": (lambda store: store.gaps, CoverageGap, lambda item: (item.until, item.id)),
}
MAKERS: dict[str, Callable[[int, int, Severity], Any]] = {
    "assets": lambda n, time, _severity: container(n, last_seen=time),
    "findings": lambda n, time, severity: finding(n, last_seen=time, severity=severity),
    "alerts": lambda n, time, severity: alert(n, last_time=time, severity=severity),
    "incidents": lambda n, time, severity: incident(n, last_time=time, severity=severity),
    "effects": lambda n, time, _severity: effect(n, time=time),
    "gaps": lambda n, time, _severity: gap(n, until=time),
}
times = st.one_of(st.integers(0, 3), st.integers(-(2**63), 2**63 - 1))


@for_each_store
@pytest.mark.parametrize("family", LISTS)
@given(drawn=st.lists(st.tuples(times, st.sampled_from(list(Severity)))), limit=st.integers(1, 7), by_severity=st.booleans())
@few
def test_pages_hold_each_item_once_and_in_order(
    plug: StorePlug, family: str, drawn: list[tuple[int, Severity]], limit: int, by_severity: bool
) -> None:
    """Whatever the limit, the order, and how many share a time or a severity."""
    lister, kind, place = LISTS[family]
    items = [MAKERS[family](number, *what) for number, what in enumerate(drawn)]
    by_severity = by_severity and hasattr(kind, "severity")
    with plug.fresh() as store:
        with store.transaction():
            for item in items:
                PUTS[kind](store, item)
        found = all_of(lister(store), Query(limit=limit, order="severity" if by_severity else ""))
    ordered = sorted(items, key=lambda item: place(item)[1])
    ordered.sort(key=lambda item: place(item)[0], reverse=True)
    if by_severity:
        ordered.sort(key=lambda item: int(item.severity), reverse=True)
    assert found == ordered


@for_each_store
def test_a_page_goes_on_where_it_was_although_more_came(plug: StorePlug) -> None:
    """What comes in while somebody turns pages neither hides nor repeats what was there."""
    with plug.fresh() as store:
        store.put_alerts(alert(number, last_time=number) for number in range(10))
        page = store.alerts(Query(limit=4))
        store.put_alerts(alert(number, last_time=number) for number in range(10, 20))
        rest = store.alerts(Query(limit=100, cursor=page.next_cursor))
    assert [item.last_time for item in (*page.items, *rest.items)] == list(range(9, -1, -1))


@for_each_store
@given(times=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50), st.sampled_from(["", "inc-1"])), max_size=12))
@few
def test_alerts_may_come_in_any_order(plug: StorePlug, times: list[tuple[int, int, str]]) -> None:
    """The count, the last time and the incident are the same in whatever order the reports arrive."""
    reports = [alert(number, last_time=time, count=time + 1, incident_id=where) for number, time, where in times]

    def state(given: list[Alert]) -> list[tuple[str, int, int, str]]:
        with plug.fresh() as store:
            for one in given:
                store.put_alerts([one])
            found = store.alerts(Query(limit=1000)).items
        return sorted((item.id, item.last_time, item.count, item.incident_id) for item in found)

    assert state(reports) == state(reports[::-1]) == state(sorted(reports, key=lambda item: item.count))


@for_each_store
@given(parts=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
@few
def test_gaps_may_come_in_any_order(plug: StorePlug, parts: list[tuple[int, int, int]]) -> None:
    """A gap is as wide as all that was said of it."""
    with plug.fresh() as store:
        store.put_gaps(gap(since=since, until=until, count=count) for since, until, count in parts)
        found = store.gaps(Query()).items[0]
    expected = (min(p[0] for p in parts), max(p[1] for p in parts), max(p[2] for p in parts))
    assert (found.since, found.until, found.count) == expected


@for_each_store
@given(order=st.permutations(list(range(6))))
@few
def test_effect_records_may_come_in_any_order(plug: StorePlug, order: list[int]) -> None:
    """The latest one is current."""
    with plug.fresh() as store:
        for time in order:
            store.put_effect(effect(time=time, state=EffectState.APPLIED if time == 5 else EffectState.ORDERED))
        assert store.effect("eff-1") == effect(time=5, state=EffectState.APPLIED)
        assert [record.time for record in store.effect_history("eff-1")] == list(range(6))


@for_each_store
@given(sequences=st.lists(st.integers(0, 20), max_size=30))
@few
def test_each_sequence_is_taken_once(plug: StorePlug, sequences: list[int]) -> None:
    """However often and in whatever order envelopes arrive: one that was passed is never taken again."""
    taken: list[int] = []
    with plug.fresh() as store:
        for sequence in sequences:
            with store.transaction():
                if sequence > store.seen("a"):
                    store.mark_seen("a", sequence)
                    taken.append(sequence)
        assert store.seen("a") == max(sequences, default=-1)
    assert taken == sorted(set(taken))


@for_each_store
def test_filters_keep_what_fits(plug: StorePlug) -> None:
    """Each field restricts alone and together with others; the total counts what fits."""
    with plug.fresh() as store:
        store.put_assets([container(1, image_digest="sha256:1", workload_id="wkl-1"), container(2, node_id="nod-2"), image(1)])
        store.put_findings([finding(1), finding(2, kind=FindingKind.CONFIGURATION, detector="IMG-201", asset_id="img-2")])
        store.put_alerts(
            [
                alert(1, incident_id="inc-1", workload_id="wkl-1", image_digest="sha256:1", severity=Severity.LOW),
                alert(2, asset_id="ctr-2", node_id="nod-2", detector="RUN-002", last_time=200),
            ]
        )
        store.put_incident(incident(1, state=IncidentState.RESOLVED, image_digest="sha256:1"))
        cases: list[tuple[Lister, Query, list[str]]] = [
            (store.assets, Query(kind="container"), ["ctr-1", "ctr-2"]),
            (store.assets, Query(asset_id="img-1"), ["img-1"]),
            (store.assets, Query(node_id="nod-2"), ["ctr-2"]),
            (store.assets, Query(image_digest="sha256:1"), ["ctr-1", "img-1"]),
            (store.assets, Query(image_digest="sha256:1", kind="image"), ["img-1"]),
            (store.assets, Query(workload_id="wkl-1"), ["ctr-1"]),
            (store.findings, Query(kind="configuration"), ["fnd-0002"]),
            (store.findings, Query(detector="IMG-101"), ["fnd-0001"]),
            (store.findings, Query(asset_id="img-2"), ["fnd-0002"]),
            (store.findings, Query(image_digest="sha256:1"), ["fnd-0001"]),
            (store.alerts, Query(incident_id="inc-1"), ["alt-0001"]),
            (store.alerts, Query(asset_id="ctr-2"), ["alt-0002"]),
            (store.alerts, Query(node_id="nod-2", detector="RUN-002"), ["alt-0002"]),
            (store.alerts, Query(node_id="nod-2", detector="RUN-001"), []),
            (store.alerts, Query(workload_id="wkl-1"), ["alt-0001"]),
            (store.alerts, Query(image_digest="sha256:1"), ["alt-0001"]),
            (store.alerts, Query(severity_at_least=Severity.MEDIUM), ["alt-0002"]),
            (store.alerts, Query(since=200), ["alt-0002"]),
            (store.alerts, Query(until=200), ["alt-0001"]),
            (store.incidents, Query(state="resolved"), ["inc-0001"]),
            (store.incidents, Query(state="new"), []),
            (store.incidents, Query(incident_id="inc-0001", image_digest="sha256:1"), ["inc-0001"]),
        ]
        for lister, query, expected in cases:
            assert sorted(item.id for item in all_of(lister, query)) == expected, query


@for_each_store
def test_text_is_found_in_any_case_and_language(plug: StorePlug) -> None:
    """As a plain part of names, titles, messages and objects: its wildcards and escapes mean themselves."""
    with plug.fresh() as store:
        store.put_assets([image(1, name="Shop/Web", references=("registry/shop:1",)), image(2, name="ÄRGER")])
        store.put_alerts([alert(1, object="/tmp/100%_x"), alert(2, object="/tmp/100abc", title=Text("Strange", "异常"))])
        store.put_incident(incident(1, summary=Text("A MINER ran", "矿工运行")))
        store.put_findings([finding(1, package="openssl")])
        assert [item.id for item in store.assets(Query(text="shop/w")).items] == ["img-1"]
        assert [item.id for item in store.assets(Query(text="ärger")).items] == ["img-2"]
        assert [item.id for item in store.alerts(Query(text="100%_")).items] == ["alt-0001"]
        assert [item.id for item in store.alerts(Query(text="异常")).items] == ["alt-0002"]
        assert store.alerts(Query(text="\\")).total == store.alerts(Query(text="/tmp/_")).total == 0
        assert store.alerts(Query(text="/")).total == 2
        assert store.incidents(Query(text="miner")).total == 1
        assert store.findings(Query(text="OpenSSL")).total == 1


@for_each_store
@given(text=st.text(min_size=1, max_size=20))
@few
def test_any_text_finds_itself(plug: StorePlug, text: str) -> None:
    """Whatever an object is called, looking for its name finds it."""
    with plug.fresh() as store:
        store.put_alerts([alert(1, object=text), alert(2, object="")])
        assert "alt-0001" in [item.id for item in store.alerts(Query(text=text)).items]


def hostile_cursors() -> st.SearchStrategy[str]:
    """Anything, and what looks like a cursor without being one."""
    packed = st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.text(max_size=9), st.binary(max_size=9)),
        lambda inner: st.lists(inner, max_size=6),
    )
    return st.one_of(
        st.text(min_size=1),
        st.binary(min_size=1).map(lambda data: base64.urlsafe_b64encode(data).decode()),
        packed.map(lambda value: base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).decode()),
    )


@for_each_store
@given(cursor=hostile_cursors())
@settings(max_examples=60, deadline=None)
def test_hostile_cursors_are_refused(plug: StorePlug, cursor: str) -> None:
    """An error that a caller can be shown, and nothing else."""
    with plug.fresh() as store, pytest.raises(UsageError) as caught:
        store.alerts(Query(cursor=cursor))
    assert caught.value.next_step


@for_each_store
def test_a_cursor_belongs_to_its_list(plug: StorePlug) -> None:
    """That of another family or order is refused, and so is one cut short."""
    with plug.fresh() as store:
        store.put_alerts(alert(number) for number in range(3))
        cursor = store.alerts(Query(limit=1)).next_cursor
        for lister, query in (
            (store.findings, Query(cursor=cursor)),
            (store.alerts, Query(cursor=cursor, order="severity")),
            (store.alerts, Query(cursor=cursor[:-2])),
            (store.alerts, Query(cursor=cursor * 500)),
        ):
            with pytest.raises(UsageError):
                lister(query)


@for_each_store
@pytest.mark.parametrize(
    "query",
    [
        Query(limit=0),
        Query(limit=1001),
        Query(order="worst"),
        Query(text="x" * 1001),
        Query(since=2**63),
        Query(kind="shell"),
        Query(state="new"),
    ],
    ids=str,
)
def test_questions_without_an_answer_are_refused(plug: StorePlug, query: Query) -> None:
    """A limit, order or filter that a list of alerts does not have is told, and not ignored."""
    with plug.fresh() as store, pytest.raises(UsageError) as caught:
        store.alerts(query)
    assert caught.value.next_step


@for_each_store
def test_owners_are_found(plug: StorePlug) -> None:
    """Who answers for an asset is part of what it is found by."""
    with plug.fresh() as store:
        store.put_assets([container(1, ownership=plugs.OWNED), container(2, ownership=Ownership())])
        assert [item.id for item in store.assets(Query(text="ADA")).items] == ["ctr-1"]


@for_each_store
@pytest.mark.parametrize("order", ["", "severity"])
def test_a_long_list_is_entered_anywhere(plug: StorePlug, order: str) -> None:
    """The rows from there are those that walking from the beginning gives, and so are those of the pages behind."""
    with plug.fresh() as store:
        for number in range(25):
            store.put_incident(msgspec.structs.replace(incident(f"inc-{number:02d}"), severity=Severity(1 + number % 5)))
        walked = all_of(store.incidents, Query(order=order, limit=10))
        for skip in (0, 1, 9, 10, 24, 25, 400_000):
            assert all_skipping(store.incidents, Query(order=order, limit=10, skip=skip)) == walked[skip:]
        for wrong in (Query(skip=-1), Query(skip=500_001), Query(skip=1, cursor=store.incidents(Query(limit=1)).next_cursor)):
            with pytest.raises(UsageError, match="rows deep"):
                store.incidents(wrong)


def all_skipping(lister: Lister, query: Query) -> list[Any]:
    """All items from a place of the list on."""
    page = lister(query)
    found = list(page.items)
    while page.next_cursor:
        page = lister(msgspec.structs.replace(query, skip=0, cursor=page.next_cursor))
        found += page.items
    return found
