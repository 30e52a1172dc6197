"""One workload's baseline on one node: what is told, kept, decided and taken back."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.evidence import SECOND_NS
from periderm.engines.baseline.provisional import HOLD_SECONDS
from periderm.engines.baseline.workload import Workload
from periderm.model.baseline import Baseline, Decision, Entry, Evidence, Phase, Source, Verdict, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import FormatError

NGINX = "/usr/sbin/nginx"
READ = Behaviour(Aspect.READ, NGINX, "/etc/hosts")


def started() -> Workload:
    """Seen at second 1000."""
    workload = Workload("wkl-1", "shop", "nod-1")
    workload.begin(1000, "sha256:1")
    return workload


def learn(workload: Workload, behaviour: Behaviour = READ, key: int = 5, at: int = 1000) -> None:
    """A process teaches it."""
    assert workload.learn(behaviour, [key], 1, at * SECOND_NS, 1, news=True)


def decide(verdict: Verdict, time: int = 10**12, **more: object) -> Baseline:
    """A decision as the server hands it down."""
    decision = Decision(id=f"d-{verdict}", verdict=verdict, time=time, author="ann", reason="why", **more)
    return Baseline(workload_id="wkl-1", decisions=(decision,))


def test_a_pattern_of_a_folder_explains_no_script() -> None:
    """Numbered files of a server explain the next one and no page beside them; a person who grants the folder grants both."""
    body, page = "/var/lib/nginx/body/*", Behaviour(Aspect.CREATE, NGINX, "/var/lib/nginx/body/shell.lua")
    learned = started()
    learn(learned, Behaviour(Aspect.CREATE, NGINX, body))
    assert learned.find(Behaviour(Aspect.CREATE, NGINX, "/var/lib/nginx/body/x")) is not None
    assert learned.find(page) is None
    granted = started()
    granted.know(decide(Verdict.ACCEPT, behaviours=(Behaviour(Aspect.CREATE, NGINX, body),)))
    assert granted.find(page) is not None


@pytest.mark.parametrize(
    ("sources", "examples", "explained"),
    [
        ((Source.CONFIGURATION,), (), False),
        ((Source.CONFIGURATION, Source.OBSERVED), ("/srv/data/x.txt",), False),
        ((Source.CONFIGURATION, Source.OBSERVED), ("/srv/data/x.lua",), True),
        ((Source.OBSERVED,), (), True),
    ],
)
def test_a_promised_folder_explains_no_script(sources: tuple[Source, ...], examples: tuple[str, ...], explained: bool) -> None:
    """Nobody thought of pages when the image said where request bodies go, however many bodies were seen since; scripts that
    were seen there are another matter."""
    workload = started()
    evidence = Evidence(sources=sources, certainty=90, examples=examples)
    entry = Entry(Behaviour(Aspect.WRITE, NGINX, "/srv/data/**"), evidence)
    workload.promise(Baseline(workload_id="wkl-1", entries=(entry,)))
    assert workload.find(Behaviour(Aspect.WRITE, NGINX, "/srv/data/a/b")) is not None
    assert (workload.find(Behaviour(Aspect.WRITE, NGINX, "/srv/data/shell.lua")) is not None) == explained


def test_what_is_learned_is_normal_at_once_and_told_later() -> None:
    """Provisional first; then in the baseline with its count, and once in the news."""
    workload = started()
    assert workload.phase(1000) is Phase.LEARNING
    learn(workload)
    workload.see(READ, 4, 1010 * SECOND_NS, 2)
    assert workload.find(READ) == READ
    assert workload.baseline().entries == ()
    workload.confirm(1000 + HOLD_SECONDS)
    (entry,) = workload.baseline().entries
    assert (entry.evidence.counts, entry.evidence.replicas) == ({"nod-1": 5}, 3)
    news = workload.news(2000)
    assert news is not None
    assert news.entries == (entry,)
    assert news.images == {"sha256:1": 1000}
    assert workload.news(2001) is None


def test_counts_go_on_where_others_know_them() -> None:
    """A count that the server has is added to, and told once an hour."""
    workload = started()
    evidence = Evidence(counts={"nod-1": 100, "nod-2": 7}, last=900, sources=(Source.OBSERVED,))
    workload.know(Baseline(workload_id="wkl-1", entries=(Entry(READ, evidence),)))
    workload.see(READ, 3, 5000 * SECOND_NS, 1)
    news = workload.news(5000)
    assert news is not None
    assert news.entries[0].evidence.counts == {"nod-1": 103, "nod-2": 7}
    workload.see(READ, 3, 5001 * SECOND_NS, 1)
    assert workload.news(5100) is None
    later = workload.news(9000)
    assert later is not None
    assert later.entries[0].evidence.counts["nod-1"] == 106


def test_several_become_one_pattern() -> None:
    """With examples; it is taken back with any of those that taught it."""
    workload = started()
    many = [Behaviour(Aspect.READ, NGINX, f"/srv/{name}") for name in "abc"]
    for key, each in enumerate(many):
        learn(workload, each, key)
    pattern = Behaviour(Aspect.READ, NGINX, "/srv/*")
    workload.fold(pattern, many, ("/srv/a",), 1000)
    assert workload.find(Behaviour(Aspect.READ, NGINX, "/srv/z")) == pattern
    assert len(workload.entries) == 1
    assert workload.withdraw(frozenset({2})) == [pattern]
    assert workload.find(many[0]) is None


@pytest.mark.parametrize(("last", "normal"), [(500, False), (2000, True)])
def test_a_forgotten_entry_is_normal_again_once_it_is_seen_after_that(last: int, normal: bool) -> None:
    """The decision's time decides."""
    workload = started()
    entry = Entry(READ, Evidence(counts={"n": 1}, first=1, last=last, sources=(Source.OBSERVED,)))
    workload.know(Baseline(workload_id="wkl-1", entries=(entry,)))
    workload.know(decide(Verdict.FORGET, 1000 * SECOND_NS, behaviours=(READ,)))
    assert (workload.find(READ) is not None) is normal


def test_decisions_hold_for_patterns() -> None:
    """Accepted: normal, and not learned; rejected: told to who asks."""
    workload = started()
    pattern = Behaviour(Aspect.READ, NGINX, "/srv/*")
    workload.know(decide(Verdict.ACCEPT, behaviours=(pattern,)))
    found = workload.find(Behaviour(Aspect.READ, NGINX, "/srv/x"))
    assert found == pattern
    assert workload.granted(pattern)
    workload.know(decide(Verdict.REJECT, behaviours=(Behaviour(Aspect.READ, NGINX, "/etc/*"),)))
    assert workload.has_rejects
    assert workload.rejected(READ)
    assert not workload.rejected(Behaviour(Aspect.WRITE, NGINX, "/etc/hosts"))


def test_it_settles_and_says_so() -> None:
    """By its pace; the news tells others."""
    workload = started()
    learn(workload)
    for moment in range(30):
        workload.see(READ, 1, (1001 + moment) * SECOND_NS, 1)
    workload.turn()
    assert workload.phase(1100) is Phase.LEARNING
    assert workload.phase(1300) is Phase.ALERTING
    workload.watch(60)
    news = workload.news(1301)
    assert news is not None
    assert news.phase is Phase.ALERTING
    assert news.observed == {"nod-1": 61}


def test_it_is_packed_and_unpacked() -> None:
    """With what is provisional and what is untold; damaged bytes are refused."""
    workload = started()
    learn(workload)
    learn(workload, Behaviour(Aspect.READ, NGINX, "/b"), at=1200)
    workload.confirm(1000 + HOLD_SECONDS)
    packed = workload.pack()
    again = Workload.unpack(packed, "nod-1")
    assert again.pack() == packed
    assert (again.baseline(), again.news(2000)) == (workload.baseline(), workload.news(2000))
    for damaged in (b"", packed[:-3], b"\x91\x01"):
        with pytest.raises(FormatError):
            Workload.unpack(damaged, "nod-1")


def test_what_it_promises_is_told() -> None:
    """A birth is news; merged with what others have it changes nothing twice."""
    workload = started()
    born = Baseline(workload_id="wkl-1", entries=(Entry(READ, Evidence(sources=(Source.CONFIGURATION,), certainty=80)),))
    workload.promise(born)
    news = workload.news(1001)
    assert news is not None
    assert news.entries == born.entries
    assert merge(news, workload.baseline()) == merge(workload.baseline(), news)


def test_a_workload_has_room_for_so_many_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What came after is counted and not learned."""
    monkeypatch.setattr("periderm.engines.baseline.workload.MOST_ENTRIES", 1)
    workload = started()
    learn(workload)
    assert not workload.learn(Behaviour(Aspect.READ, NGINX, "/b"), [1], 1, 10**12, 1, news=False)
    assert workload.overflow == 1
