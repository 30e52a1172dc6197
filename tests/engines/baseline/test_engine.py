"""The engine's laws: replays are equal, order and cutting change nothing, a snapshot continues, what is accepted is quiet, and
nothing of an attack gets into a baseline."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.engines.baseline import state
from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.baseline.provisional import HOLD_SECONDS
from periderm.model.baseline import Baseline, Decision, Phase, Source, Verdict, digest, merge
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.deviation import Standing
from periderm.model.errors import FormatError
from periderm.model.event import Event, EventFlag, EventKind, Tick
from periderm.model.image import ImageConfig
from periderm.model.session import AnnouncedSession
from periderm.model.severity import Severity
from tests.behaving import (
    CURL,
    HOST,
    INVENTORY,
    JOB,
    NGINX,
    SECOND,
    SH,
    SHOP,
    START,
    WORKLOAD,
    batch,
    connects,
    cut,
    day,
    feed,
    learned,
    named,
    opens,
    row,
    rule,
    runs,
    serve,
    shell,
    start,
)

LATER = 1_500.0


def fresh() -> BaselineEngine:
    """An engine that knows the shop's image and nothing else."""
    engine = BaselineEngine(HOST)
    engine.learn_image(INVENTORY)
    return engine


def told(engine: BaselineEngine, *events: Event) -> list[str]:
    """Aspect and value of what is told."""
    return [
        f"{a.deviation.behaviour.aspect} {a.deviation.behaviour.value}".strip() for a in feed(engine, *events) if a.deviation
    ]


def of(engine: BaselineEngine, seconds: float = 100_000.0) -> Baseline:
    """The shop's baseline once all that is provisional was held long enough."""
    engine.tick(Tick(START + int(seconds * SECOND)))
    found = engine.baseline(WORKLOAD)
    assert found is not None
    return found


EVENTS = st.builds(
    lambda kind, process, parent, text, argv, flags, number, port, seconds: row(
        kind, process, text, parent=parent, argv=argv, flags=EventFlag(flags), arg0=number, port=port, family=2, at=seconds,
        exe=text if kind is EventKind.EXEC else NGINX,
    ),
    st.sampled_from([kind for kind in EventKind if kind is not EventKind.NONE]),
    st.integers(1, 6),
    st.integers(0, 6),
    st.sampled_from((NGINX, SH, CURL, "/tmp/x1", "/etc/shadow", "/proc/7/environ", "10.0.0.9", "", "a\nb", "/\udcff")),
    st.sampled_from(((), ("sh", "-c", "id"), ("x", "\udc80"), ("curl", "http://a/b"))),
    st.sampled_from((0, EventFlag.UPPER, EventFlag.FOREIGN, EventFlag.EXEC_SESSION, EventFlag.FAILED, EventFlag.MEMORY_BACKED)),
    st.sampled_from((0, 1, 2, 0o101, 16)),
    st.sampled_from((0, 80, 4444, 53)),
    st.sampled_from((0.0, 1.0, 90.0, 700.0, 90_000.0)),
)  # fmt: skip


DAMAGED = learned()
feed(DAMAGED, shell(LATER), opens(50, "/etc/shadow", at=LATER + 1), opens(1, "/srv/new", at=LATER + 2))


@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=100, deadline=None)
def test_a_replay_gives_the_same_baseline_and_the_same_alerts(events: list[Event]) -> None:
    """Whatever happens: twice the same events, twice the same result; and merging both changes nothing."""
    one, two = fresh(), fresh()
    whole = batch(*events)
    assert one.feed(whole) == two.feed(whole)
    one.tick(Tick(START + 10**15))
    two.tick(Tick(START + 10**15))
    first, second = one.baseline(WORKLOAD), two.baseline(WORKLOAD)
    if first is not None and second is not None:
        assert digest(first) == digest(second) == digest(merge(first, second))
    assert one.snapshot() == two.snapshot()


@given(st.lists(EVENTS, max_size=30), st.lists(EVENTS, max_size=10))
@settings(max_examples=60, deadline=None)
def test_a_snapshot_continues(before: list[Event], after: list[Event]) -> None:
    """Restored, an engine goes on as if it had never stopped, and its snapshot is the same."""
    engine = fresh()
    engine.feed(batch(*before))
    data = engine.snapshot()
    again = BaselineEngine(HOST)
    again.restore(data)
    assert again.snapshot() == data
    assert again.baseline(WORKLOAD) == engine.baseline(WORKLOAD)
    more = batch(*after)
    assert again.feed(more) == engine.feed(more)
    mine, theirs = again.news(), engine.news()
    assert not {str(e) for delta in mine for e in delta.entries} ^ {str(e) for delta in theirs for e in delta.entries}
    assert mine == theirs


@given(st.lists(st.lists(EVENTS, max_size=12), max_size=6), st.integers(0, 5), st.sets(st.integers(1, 6)))
@settings(max_examples=100, deadline=None)
def test_a_snapshot_continues_wherever_it_is_taken(parts: list[list[Event]], place: int, attacks: set[int]) -> None:
    """Between any two batches, with processes that rules struck, and ticks: what is remembered of rows changes nothing."""
    engine, again = fresh(), BaselineEngine(HOST)
    for number, part in enumerate([*parts, *parts]):
        if number == place:
            again.restore(engine.snapshot())
        several = (engine,) if number < place else (engine, again)
        if number in attacks:
            for each in several:
                each.quarantine([rule(number)])
        whole = batch(*part)
        said = [each.feed(whole) for each in several]
        assert said[0] == said[-1]
        late = START + (number + 1) * 200 * SECOND
        said = [each.tick(Tick(late)) for each in several]
    if len(parts) * 2 > place:
        assert again.snapshot() == engine.snapshot()


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_snapshot_with_any_part_damaged_changes_nothing(data: st.DataObject) -> None:
    """Whichever byte is another one: it is refused and nothing has changed, or it is a state that can be told again."""
    whole = DAMAGED.snapshot()
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:place] + bytes([data.draw(st.integers(0, 255))]) + whole[place + 1 :]
    engine = fresh()
    engine.feed(batch(*start()))
    before = engine.snapshot()
    try:
        engine.restore(broken)
    except FormatError:
        assert engine.snapshot() == before
    else:
        engine.snapshot()


def test_a_snapshot_with_damaged_calls_changes_nothing() -> None:
    """The last part too is looked at before the first is taken."""
    found = state.decode(DAMAGED.snapshot())
    for part in ({"calls": b"\xc1"}, {"actors": b"\xc1"}, {"workloads": [*found.workloads, b"\xc1"]}, {"images": [b"\xc1"]}):
        engine = fresh()
        before = engine.snapshot()
        with pytest.raises(FormatError):
            engine.restore(state.encode(msgspec.structs.replace(found, **part)))
        assert engine.snapshot() == before


@given(st.lists(st.integers(0, 600), max_size=5))
@settings(max_examples=40, deadline=None)
def test_how_rows_are_cut_into_batches_changes_no_entry(places: list[int]) -> None:
    """One batch or many: the same baseline, and the same is told."""
    whole = batch(*day(600), shell(700.0))
    one, many = fresh(), fresh()
    at_once = one.feed(whole)
    assert [alert.id for part in cut(whole, places) for alert in many.feed(part)] == [alert.id for alert in at_once]
    assert {entry.behaviour for entry in of(one).entries} == {entry.behaviour for entry in of(many).entries}


OBSERVED = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(("/srv/a", "/srv/b", "/srv/c/d", "/etc/nginx/mime.types")), st.booleans()),
    max_size=12,
)


@given(OBSERVED, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_independent_observations_changes_nothing(seen: list[tuple[int, str, bool]], random: object) -> None:
    """Rows of one second that come in another order (from another processor) teach the same."""
    rows = [opens(1, path, write=write, at=10.0 + moment) for moment, path, write in seen]
    other = list(rows)
    random.shuffle(other)
    one, two = fresh(), fresh()
    one.feed(batch(*named((*start(), *rows))))
    two.feed(batch(*named((*start(), *other))))
    assert of(one) == of(two)


def test_a_workload_that_is_calm_is_learned_and_then_quiet() -> None:
    """Its own day again tells nothing, in another replica and hours later."""
    engine = learned()
    other = msgspec.structs.replace(SHOP, id="ast-scene-shop-2", name="shop-2", started=START + 20_000 * SECOND, pid=0)
    again = [msgspec.structs.replace(e, subject=other, process=e.process + 100, parent=e.parent + 100) for e in day(60, 20_000)]
    assert feed(engine, *again) == []


def test_an_unknown_program_is_told_with_its_reason() -> None:
    """A shell below the server: event type, surprise, reason, process and lineage are in the alert."""
    (alert,) = feed(learned(), shell(LATER))
    assert alert.detector.startswith("BASE-02-")
    assert alert.deviation is not None
    assert alert.deviation.behaviour == Behaviour(Aspect.PROGRAM, SH)
    assert alert.deviation.reason.en
    assert alert.deviation.reason.zh
    assert alert.deviation.standing is Standing.TOLD
    assert (alert.process.exe, [each.exe for each in alert.lineage]) == (SH, [SH, NGINX, NGINX])
    assert alert.evidence["event_type"] == alert.deviation.event_type
    assert alert.evidence["process_name_length"] == "4"
    assert (alert.container_name, alert.workload_id, alert.evidence["user"]) == (SHOP.name, WORKLOAD, "33")


def test_what_was_told_is_not_learned() -> None:
    """However often it happens, it stays a deviation; it is counted, and said again at powers of two."""
    engine = learned()
    counts = [a.count for n in range(64) for a in feed(engine, shell(LATER + n, process=50 + n)) if a.deviation]
    assert counts == [1, 2, 4, 8, 16, 32, 64]
    assert all(entry.behaviour.program != SH for entry in of(engine).entries)


def test_an_accepted_deviation_does_not_alert_again() -> None:
    """A person's decision comes down with the baseline; that it is undone too."""
    engine = learned()
    (alert,) = feed(engine, shell(LATER))
    assert alert.deviation is not None
    accept = Decision(
        id="d1", verdict=Verdict.ACCEPT, time=START + 2_000 * SECOND, author="ann", reason="the new job",
        behaviours=(alert.deviation.behaviour,), alerts=(alert.id,),
    )  # fmt: skip
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(accept,)))
    assert feed(engine, shell(LATER + 700, process=60)) == []
    undo = Decision(id="d2", verdict=Verdict.UNDO, time=accept.time + 1, author="ann", reason="no", undoes="d1")
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(undo,)))
    assert [a.deviation.behaviour.program for a in feed(engine, shell(LATER + 800, process=61)) if a.deviation] == [SH]


def test_what_was_rejected_is_told_though_it_was_learned() -> None:
    """A person says that a learned connection is never normal."""
    engine = learned(*(connects(2, "10.0.0.9", 5432, at=20.0 + n) for n in range(0, 600, 20)))
    assert feed(engine, *named([connects(2, "10.0.0.9", 5432, at=LATER)])) == []
    behaviour = Behaviour(Aspect.CONNECT, NGINX, "tcp/5432 10.0.0.9")
    reject = Decision(id="d1", verdict=Verdict.REJECT, time=1, author="ann", reason="gone", behaviours=(behaviour,))
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(reject,)))
    assert told(engine, *named([connects(2, "10.0.0.9", 5432, at=LATER + 1)])) == ["connect tcp/5432 10.0.0.9"]


def test_a_relearn_begins_again() -> None:
    """After it, what is little surprising is learned once more and not told."""
    engine = learned()
    relearn = Decision(id="d1", verdict=Verdict.RELEARN, time=START + 2_000 * SECOND, author="ann", reason="new release")
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(relearn,)))
    assert of(engine, 2_100).phase is Phase.LEARNING


# --- nothing of an attack is in a baseline ---

ATTACK = (
    opens(50, "/srv/secret.db", at=40.0), connects(50, "10.0.0.66", 4444, at=41.0),
    runs(51, 50, JOB, "find", "/", at=42.0), opens(51, "/srv/more", write=True, at=43.0),
    row(EventKind.FORK, 52, "", parent=50, at=43.5), opens(52, "/srv/other", at=44.0),
)  # fmt: skip


@given(st.integers(0, len(ATTACK)), st.booleans(), st.floats(0, HOLD_SECONDS - 60))
@settings(max_examples=80, deadline=None)
def test_nothing_quarantined_is_ever_in_a_baseline(deeds: int, known_before: bool, late: float) -> None:
    """Whether the rule fires with the first row or a while after the last: what those processes alone did is in no baseline and
    in no news, and what they share with others stays."""
    engine = fresh()
    first = runs(50, 2, JOB, "find", "/srv", at=39.0, uid=33)
    engine.feed(batch(*named((*start(), *serve(5.0)))))
    if known_before:
        engine.quarantine([rule(50)])
    engine.feed(batch(*named((first, *ATTACK[:deeds]))))
    engine.tick(Tick(START + int((45 + late) * SECOND)))
    if not known_before:
        engine.quarantine([rule(50)])
    engine.feed(batch(*named(serve(60.0 + late))))
    whole = of(engine)
    assert not [entry for entry in whole.entries if entry.behaviour.program in (JOB, SH) or "/srv/" in entry.behaviour.value]
    assert Behaviour(Aspect.READ, NGINX, "/var/www/index.html") in {entry.behaviour for entry in whole.entries}
    assert not [
        e for delta in engine.news() for e in delta.entries if e.behaviour.program == JOB or "/srv/" in e.behaviour.value
    ]


def test_a_person_ends_the_distrust_that_a_false_alert_began() -> None:
    """What a container's entrypoint does is learned again from then on; a later alert counts again; a session stays one."""
    engine = fresh()
    feed(engine, *named((*start(), *serve(5.0))), runs(80, 9_001, SH, "sh", at=6.0, flags=EventFlag.EXEC_SESSION))
    engine.quarantine([msgspec.structs.replace(rule(1), time=START + 7 * SECOND)])
    feed(engine, opens(1, "/srv/a", at=8.0))
    release = Decision(id="d1", verdict=Verdict.RELEASE, time=START + 10 * SECOND, author="ann", reason="a wrong rule")
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(release,)))
    feed(engine, opens(1, "/srv/b", at=11.0), opens(80, "/srv/c", at=11.0))
    engine.quarantine([msgspec.structs.replace(rule(1), time=START + 12 * SECOND)])
    engine.know(
        Baseline(workload_id=WORKLOAD, decisions=(msgspec.structs.replace(release, id="d2", time=START + 11 * SECOND),))
    )
    feed(engine, opens(1, "/srv/d", at=13.0))
    assert not [e for e in of(engine).entries if e.behaviour.value in ("/srv/a", "/srv/c", "/srv/d")]
    engine.know(
        Baseline(workload_id=WORKLOAD, decisions=(msgspec.structs.replace(release, id="d3", time=START + 20 * SECOND),))
    )
    feed(engine, opens(1, "/srv/e", at=100_001.0))
    assert [e.behaviour.value for e in of(engine, 200_000).entries if "/srv/" in e.behaviour.value] == ["/srv/e"]


def test_a_program_that_does_one_thing_to_hundreds_is_told_a_few_times() -> None:
    """Five hundred renamed files: eight alerts, and one that grows; by the pattern that it names a person accepts all."""
    engine = learned()
    flood = [
        row(
            EventKind.RENAME, 2, f"/usr/share/doc/d{chr(97 + n % 26)}{chr(97 + n // 26)}/copyright", at=LATER + n / 50, parent=1
        )
        for n in range(500)
    ]
    said = [alert for number in range(0, 500, 50) for alert in feed(engine, *named(flood[number : number + 50]))]
    newest = {alert.id: alert for alert in said}
    assert 1 <= len(newest) <= 9
    (many,) = [alert for alert in newest.values() if alert.deviation and alert.deviation.others]
    assert many.deviation is not None
    accept = Decision(
        id="d1", verdict=Verdict.ACCEPT, time=1, author="ann", reason="an update", behaviours=(many.deviation.behaviour,)
    )
    engine.know(Baseline(workload_id=WORKLOAD, decisions=(accept,)))
    assert feed(engine, *named([msgspec.structs.replace(each, time=each.time + 60 * SECOND) for each in flood])) == []


def test_a_workload_without_room_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With how often something was not learned."""
    monkeypatch.setattr("periderm.engines.baseline.workload.MOST_ENTRIES", 5)
    engine = fresh()
    feed(engine, *day(60))
    assert list(engine.full()) == [WORKLOAD]
    assert engine.full()[WORKLOAD] > 0
    assert fresh().full() == {}


def test_what_another_process_did_too_stays() -> None:
    """Only what nobody else taught is taken back."""
    engine = fresh()
    engine.feed(batch(*named((*start(), opens(1, "/srv/a", at=5.0), row(EventKind.FORK, 3, "", parent=1, at=6.0)))))
    engine.feed(batch(*named((opens(3, "/srv/a", at=7.0), opens(3, "/srv/b", at=8.0)))))
    engine.quarantine([rule(3)])
    assert [e.behaviour.value for e in of(engine).entries if "/srv/" in e.behaviour.value] == ["/srv/a"]


def test_a_session_teaches_nothing() -> None:
    """Neither one that was announced nor one that was not; both are told, the announced one as such."""
    session = AnnouncedSession(
        id="ses-1", author="ann", reason="a look", container="sh*", since=START, until=START + 10**4 * SECOND
    )
    for announced in (False, True):
        engine = learned()
        engine.announce((session,) if announced else ())
        found = feed(engine, runs(80, 9_001, SH, "sh", at=LATER, flags=EventFlag.EXEC_SESSION | EventFlag.TTY))
        assert [a.deviation.standing for a in found if a.deviation] == [Standing.QUARANTINED if announced else Standing.TOLD]
        assert [a.session for a in found] == ["ses-1" if announced else ""]
        feed(engine, opens(80, "/srv/x", at=LATER + 1))
        assert not [e for e in of(engine).entries if e.behaviour.program == SH]


def test_a_health_check_of_the_image_is_no_session() -> None:
    """What the runtime brings in is learned if the image says so, with all below it."""
    engine = BaselineEngine(HOST)
    config = ImageConfig(healthcheck=("CMD-SHELL", "curl -f http://localhost/"))
    engine.learn_image(msgspec.structs.replace(INVENTORY, config=config))
    check = [
        runs(80, 9_001, SH, "/bin/sh", "-c", "curl -f http://localhost/", at=30.0, flags=EventFlag.EXEC_SESSION),
        runs(81, 80, CURL, "curl", "-f", "http://localhost/", at=30.1, flags=EventFlag.EXEC_SESSION),
    ]
    engine.feed(batch(*start(), *check))
    programs = {e.behaviour.program for e in of(engine).entries if e.behaviour.aspect is Aspect.PROGRAM}
    assert SH in programs or not feed(fresh(), *start(), *check)


# --- life ---


def test_news_holds_what_others_do_not_know() -> None:
    """Each confirmed entry is told once; merged, all news is the baseline."""
    engine = fresh()
    engine.feed(batch(*day(600)))
    engine.tick(Tick(START + 1_200 * SECOND))
    news = engine.news()
    assert [delta.workload_id for delta in news] == [WORKLOAD]
    whole = engine.baseline(WORKLOAD)
    assert whole is not None
    assert {entry.behaviour for entry in news[0].entries} == {entry.behaviour for entry in whole.entries}
    assert engine.news() == []
    assert feed(engine, *named([opens(1, "/etc/nginx/extra.conf", at=1_300.0)])) == []
    engine.tick(Tick(START + 2_000 * SECOND))
    assert [e.behaviour.value for delta in engine.news() for e in delta.entries] == ["/etc/nginx/extra.conf"]


def test_what_one_node_learned_is_normal_on_another() -> None:
    """A second node that is told the baseline alerts from the first second and knows the shop's day."""
    there = fresh()
    baseline = learned().baseline(WORKLOAD)
    assert baseline is not None
    there.know(baseline)
    assert there.feed(batch(*day(60))) == []
    assert told(there, shell(100.0)) == ["program"]


def test_what_a_baseline_needs_is_asked_for_once() -> None:
    """Workloads that run here and that nobody told of."""
    engine = fresh()
    whole = batch(*start())
    assert engine.needs(whole) == {WORKLOAD}
    engine.know(Baseline(workload_id=WORKLOAD))
    assert engine.needs(whole) == frozenset()


def test_the_kernel_may_count_what_is_confirmed_and_nothing_else() -> None:
    """Not what is provisional, not what deviates, and never what the table of processes lives by."""
    engine = learned()
    whole = batch(*named((*serve(LATER), shell(LATER + 1), opens(50, "/etc/shadow", at=LATER + 2), *start(LATER + 3))))
    engine.feed(whole)
    known = engine.known(whole)
    kinds = whole.rows["kind"]
    assert known[:3].all()
    assert not known[3:5].any()
    assert not known[np.isin(kinds, [EventKind.EXEC, EventKind.FORK])].any()
    assert not engine.known(batch(*start())).any()
    young = fresh()
    early = batch(*named((*start(), *serve(5.0))))
    young.feed(early)
    assert not young.known(early).any()


def test_what_became_a_pattern_is_as_provisional_as_before() -> None:
    """Many files of one folder become one entry at once; the kernel counts none of them before that is confirmed."""
    engine = fresh()
    files = [
        opens(
            1, f"/srv/lists/entry-{chr(97 + number // 6)}{chr(97 + number % 6)}{chr(110 + number % 9)}", at=5.0 + number / 100
        )
        for number in range(40)
    ]
    early = batch(*named((*start(), *files)))
    engine.feed(early)
    workload = engine.baseline(WORKLOAD)
    assert workload is not None
    assert not [entry for entry in workload.entries if entry.behaviour.value.startswith("/srv/lists")]
    assert not engine.known(early).any()
    again = batch(*named(files))
    engine.feed(again)
    assert not engine.known(again).any()
    engine.tick(Tick(START + int((5.0 + HOLD_SECONDS + 2) * SECOND)))
    later = batch(*named(files))
    engine.feed(later)
    assert engine.known(later).all()


def test_a_known_row_is_counted_in_its_evidence() -> None:
    """How often on this node, by how many replicas, when first and last."""
    engine = learned()
    entries = {entry.behaviour: entry.evidence for entry in of(engine).entries}
    evidence = entries[Behaviour(Aspect.READ, NGINX, "/var/www/index.html")]
    assert evidence.counts == {HOST.id: 180}
    assert evidence.sources == (Source.OBSERVED,)
    assert (evidence.first, evidence.last) == (START // SECOND + 3, START // SECOND + 898)
    assert evidence.replicas.bit_count() == 1


def test_a_service_of_the_host_is_a_workload() -> None:
    """The topmost program below init; whoever logs in is neither learned nor told."""
    engine = BaselineEngine(HOST)
    daemon = [runs(20, 1, "/usr/sbin/cron", "cron", at=1.0, on=HOST), opens(20, "/etc/crontab", at=2.0, on=HOST)]
    login = [
        runs(30, 1, "/usr/sbin/sshd", "sshd", at=1.0, on=HOST),
        runs(31, 30, "/usr/bin/bash", "-bash", at=3.0, on=HOST, flags=EventFlag.TTY),
        runs(32, 31, "/tmp/x", "x", at=4.0, on=HOST),
    ]
    assert feed(engine, *daemon, *login) == []
    engine.tick(Tick(START + 2_000 * SECOND))
    news = {delta.name: delta for delta in engine.news()}
    assert set(news) == {"service:/usr/sbin/cron", "service:/usr/sbin/sshd"}
    assert all(entry.behaviour.program != "/usr/bin/bash" for delta in news.values() for entry in delta.entries)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\x81\xa7version\x07", b"\xff" * 40])
def test_a_damaged_snapshot_changes_nothing(data: bytes) -> None:
    """It is refused, and the engine stays as it was."""
    engine = learned()
    before = engine.snapshot()
    with pytest.raises(FormatError):
        engine.restore(data)
    assert engine.snapshot() == before


def test_what_ran_before_anybody_watched_is_not_learned_by_having_been_quiet() -> None:
    """A service that was started an hour before the agent came is learned from what is seen, not from the hour."""
    engine = BaselineEngine(HOST)
    sshd = runs(3, 2, "/usr/sbin/sshd", at=0.0, on=HOST)
    before = msgspec.structs.replace(sshd, flags=EventFlag.FROM_PROC)
    later = opens(3, "/etc/ssh/sshd_config", at=3_600.0, on=HOST)
    feed(engine, before, later)
    engine.tick(Tick(later.time + 60 * SECOND))
    (workload,) = [each for each in engine.news() if each.name.startswith("service:")]
    assert workload.phase is Phase.LEARNING


def test_a_deed_that_a_rule_finds_worth_medium_is_not_learned() -> None:
    """Of a first process, whose disbelief would end all learning: what it did in that second is not normal by that, and what it
    does later is."""
    engine = BaselineEngine(HOST)
    engine.learn_image(INVENTORY)
    feed(engine, *named(start()))
    first = msgspec.structs.replace(rule(1).process, how="entrypoint")
    alert = msgspec.structs.replace(rule(1, Severity.MEDIUM), process=first, lineage=(first,), container_id=SHOP.container_id)
    alert = msgspec.structs.replace(alert, time=START + 20 * SECOND, last_time=START + 20 * SECOND)
    engine.quarantine([alert])
    feed(engine, *named([opens(1, "/srv/one", at=20.2)]), *named([opens(1, "/srv/two", at=25.0)]))
    feed(engine, *named([opens(1, "/srv/three", at=20.9)]))
    engine.tick(Tick(START + 900 * SECOND))
    baseline = engine.baseline(WORKLOAD)
    assert baseline is not None
    read = {entry.behaviour.value for entry in baseline.entries if entry.behaviour.aspect is Aspect.READ}
    assert read >= {"/srv/two", "/srv/three"}
    assert "/srv/one" not in read
