"""What every store of baselines promises (see `periderm/ports/baselines.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.store_sql import baselines
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, Phase, Source, Verdict, digest, merge
from periderm.model.baseline_news import BaselineNews
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import UsageError
from periderm.model.query import Query
from periderm.ports.store import Store
from tests.ports import plugs
from tests.ports.plugs import alert
from tests.ports.test_store import abandon


def entry(value: str, node: str = "n1", count: int = 1, aspect: Aspect = Aspect.READ) -> Entry:
    """Something that nginx does."""
    evidence = Evidence(counts={node: count}, replicas=1 << len(node), sources=(Source.OBSERVED,), first=5, last=5 + count)
    return Entry(Behaviour(aspect, "/usr/sbin/nginx", value), evidence)


def baseline(name: str, *entries: Entry, changed: int = 1, settled: int = 0) -> Baseline:
    """Of one workload, seen on one node."""
    return Baseline(
        workload_id=f"wkl-{name}",
        name=name,
        entries=tuple(sorted(entries, key=lambda each: each.behaviour)),
        observed={"n1": 60},
        since=1,
        settled=settled,
        changed=changed,
    )


def decision(name: str, verdict: Verdict = Verdict.ACCEPT, *alerts: str, undoes: str = "") -> Decision:
    """By a person."""
    return Decision(id=name, verdict=verdict, time=1, author="user:ada", reason="known", alerts=alerts, undoes=undoes)


@pytest.fixture(params=plugs.STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    made = request.param.open(tmp_path)
    yield made
    made.close()


def news(store: Store, version: str = "", workload: str = "wkl-web") -> BaselineNews:
    """The one answer for one workload."""
    (found,) = store.baseline_news({workload: version})
    return found


def test_a_put_merges(store: Store) -> None:
    """In any order, from several nodes, as often as one likes; one that was never put is not there."""
    first, second = baseline("web", entry("/a")), baseline("web", entry("/b", "n2"), entry("/a", count=9), changed=7)
    assert store.baseline("wkl-web") is None
    store.put_baselines([first, second])
    store.put_baselines([second, first])
    stored = store.baseline("wkl-web")
    assert stored == merge(first, second)
    assert store.baseline_digests(["wkl-web", "never"]) == {"wkl-web": digest(stored)}


def test_only_what_others_must_know_is_a_change(store: Store) -> None:
    """The console is told of new behaviour, and not of each count."""
    store.put_baselines([baseline("web", entry("/a"))])
    store.put_baselines([baseline("web", entry("/a", count=5))])
    store.put_baselines([baseline("web", entry("/b"))])
    assert [(change.what, change.id) for change in store.changes(0)] == [("baseline", "wkl-web")] * 2
    stored = store.baseline("wkl-web")
    assert stored is not None
    assert stored.entries[0].evidence.count == 5


def test_a_failed_transaction_leaves_no_part(store: Store) -> None:
    """Neither the baseline nor its news."""
    store.put_baselines([baseline("web", entry("/a"))])
    version = news(store).version
    abandon(store, lambda: store.put_baselines([baseline("web", entry("/b")), baseline("shop")]))
    assert store.baseline_news({"wkl-web": version}) == []
    assert store.baseline("wkl-shop") is None


def test_summaries(store: Store) -> None:
    """The latest changed first, by a part of the name, by phase; other filters are refused, not ignored."""
    store.put_baselines(
        [baseline("web", entry("/a"), entry("net", aspect=Aspect.LISTEN), settled=5), baseline("shop", changed=9)]
    )
    page = store.baselines(Query())
    assert [each.name for each in page.items] == ["shop", "web"]
    web = store.baselines(Query(text="WE")).items[0]
    assert (web.entries, web.phase, web.replicas, web.observed) == ({"file": 1, "network": 1}, Phase.ALERTING, 1, 60)
    assert [each.name for each in store.baselines(Query(state="learning")).items] == ["shop"]
    following = store.baselines(Query(limit=1, cursor=store.baselines(Query(limit=1)).next_cursor))
    assert [each.name for each in following.items] == ["web"]
    with pytest.raises(UsageError):
        store.baselines(Query(detector="x"))


def test_news_since_a_version(store: Store) -> None:
    """First the whole, then only what is new, nothing while only counts grow; the whole for a version from elsewhere."""
    store.put_baselines([baseline("web", entry("/a"))])
    whole = news(store)
    assert whole.whole
    assert whole.baseline == store.baseline("wkl-web")
    store.put_baselines([baseline("web", entry("/a", count=9))])
    assert store.baseline_news({"wkl-web": whole.version, "never": ""}) == []
    store.put_baselines([baseline("web", entry("/b"))])
    store.put_baselines([baseline("web", entry("/c"))])
    later = news(store, whole.version)
    assert not later.whole
    assert [each.behaviour.value for each in later.baseline.entries] == ["/b", "/c"]
    assert news(store, "from another store").whole
    store.replace_baseline(baseline("web", entry("/z")))
    again = news(store, later.version)
    assert again.whole
    assert [each.behaviour.value for each in again.baseline.entries] == ["/z"]


def test_a_node_that_was_away_for_long(store: Store) -> None:
    """Gets the whole; the tail of changes stays bounded."""
    store.put_baselines([baseline("web", entry("/a"))])
    first = news(store).version
    for n in range(70):
        store.put_baselines([baseline("web", entry(f"/n{n:02}"))])
    found = news(store, first)
    assert found.whole
    assert len(found.baseline.entries) == 71


def test_removed(store: Store) -> None:
    """It is gone, with its news; the second time there is none."""
    store.put_baselines([baseline("web", entry("/a"))])
    assert store.remove_baseline("wkl-web")
    assert not store.remove_baseline("wkl-web")
    assert store.baseline("wkl-web") is None
    assert store.baseline_news({"wkl-web": ""}) == []
    assert store.baselines(Query()).total == 0


def test_alerts_that_wait_for_review(store: Store) -> None:
    """Deviations count until a decision deals with them, and again when it is undone; what a rule told does not."""
    told = [msgspec.structs.replace(alert(n), workload_id="wkl-web", detector="BASE-02-03") for n in range(3)]
    ruled = msgspec.structs.replace(alert(9), workload_id="wkl-web")
    store.put_alerts([*told, ruled])
    store.put_baselines([baseline("web")])
    assert store.baselines(Query()).items[0].alerts == 3
    with_decision = msgspec.structs.replace(
        baseline("web"), decisions=(decision("d1", Verdict.ACCEPT, told[0].id, told[1].id, "gone"),)
    )
    store.put_baselines([with_decision, with_decision])
    assert store.baselines(Query()).items[0].alerts == 1
    store.put_baselines([msgspec.structs.replace(baseline("web"), decisions=(decision("d2", Verdict.UNDO, undoes="d1"),))])
    assert store.baselines(Query()).items[0].alerts == 3


def test_what_was_rejected_and_happens_again_waits_again(store: Store) -> None:
    """A rejection deals with what was, an acceptance with what comes too."""
    told = [msgspec.structs.replace(alert(n), workload_id="wkl-web", detector="BASE-02-03", last_time=10) for n in range(2)]
    store.put_alerts(told)
    decided = [
        msgspec.structs.replace(decision("d1", Verdict.REJECT, told[0].id), time=20),
        msgspec.structs.replace(decision("d2", Verdict.ACCEPT, told[1].id), time=20),
    ]
    store.put_baselines([msgspec.structs.replace(baseline("web"), decisions=tuple(decided))])
    assert store.baselines(Query()).items[0].alerts == 0
    store.put_alerts([msgspec.structs.replace(each, last_time=30, count=2) for each in told])
    assert store.baselines(Query()).items[0].alerts == 1


def test_a_full_baseline_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was there stays, what fits comes in, the rest is named and not kept; counts still grow."""
    monkeypatch.setattr(baselines, "MOST_ENTRIES", 3)
    assert list(store.put_baselines([baseline("web", entry("/a"), entry("/b"))])) == []
    assert list(store.put_baselines([baseline("web", entry("/0"), entry("/1"), entry("/a", count=7))])) == ["wkl-web"]
    stored = store.baseline("wkl-web")
    assert stored is not None
    assert [(each.behaviour.value, each.evidence.count) for each in stored.entries] == [("/0", 1), ("/a", 7), ("/b", 1)]


def test_any_bytes_in_names(store: Store) -> None:
    """A path that is no UTF-8, and NUL, are kept in a form that can be read."""
    store.put_baselines([baseline("web", entry("/tmp/\udcff\x00"))])
    store.put_baselines([baseline("web", entry("/tmp/\udcff\x00"))])
    stored = store.baseline("wkl-web")
    assert stored is not None
    assert len(stored.entries) == 1
