"""The engine's laws: order and splitting change nothing, replays are equal, a snapshot continues, floods stay bounded."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.adapters.sensor_replay.sensor import ReplaySensor
from periderm.engines.runtime import DETECTORS
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.scene import DIGEST, HOST, SHOP, START, batch_of, connects, image, opens, row, runs, scene
from periderm.model.alert import Alert
from periderm.model.errors import FormatError
from periderm.model.event import Event, EventBatch, EventFlag, EventKind, Tick

RECORDINGS = Path(__file__).resolve().parents[2] / "recordings"
PATHS = (
    "/usr/sbin/nginx", "/usr/bin/dash", "/bin/busybox", "/memfd:x", "/dev/shm/a", "/etc/shadow", "/proc/7/environ",
    "/proc/kcore", "169.254.169.254", "10.0.0.1", "/x/release_agent", "/opt/xmrig", "/srv/.env", "", "/a\nb", "/\udcff/sh",
    "/usr/bin/runc", "/usr/bin/cat", "/tmp/\n/etc/shadow",
)  # fmt: skip
ARGS = ((), ("sh",), ("sh", "-c", "id"), ("a", "-o", "stratum+tcp://x:3333"), ("mount", "/dev/sda1", "/m"), ("\udc80",))
FLAGS = (
    0, EventFlag.TTY, EventFlag.UPPER, EventFlag.MEMORY_BACKED, EventFlag.FOREIGN, EventFlag.FAILED, EventFlag.STDIO_SOCKET,
    EventFlag.EXEC_SESSION | EventFlag.TTY, EventFlag.FROM_PROC, EventFlag.KILLED | EventFlag.UPPER,
)  # fmt: skip
INVENTORY = image("/usr/sbin/nginx", "/usr/bin/dash", "/usr/bin/cat", secrets=("srv/.env",))

EVENTS = st.builds(
    lambda kind, process, parent, text, raw, argv, flags, arg0, port, seconds, on: row(
        kind, process, text, raw=raw, argv=argv, flags=EventFlag(flags), arg0=arg0, port=port, at=seconds, on=on,
        parent=parent, exe=text if kind is EventKind.EXEC else "", family=2, ret=-13 if flags == EventFlag.FAILED else 0,
    ),
    st.sampled_from([k for k in EventKind if k is not EventKind.NONE]),
    st.integers(1, 6),
    st.integers(0, 6),
    st.sampled_from(PATHS),
    st.sampled_from(PATHS),
    st.sampled_from(ARGS),
    st.sampled_from(FLAGS),
    st.sampled_from((0, 1, 2, 16, 0x10020000)),
    st.sampled_from((0, 80, 3333)),
    st.sampled_from((0.0, 1.0, 90.0, 90_000.0, 200_000.0)),
    st.sampled_from((SHOP, HOST)),
)  # fmt: skip


def fresh(*, scanned: bool = True) -> RuntimeEngine:
    """An engine that knows the shop's image."""
    engine = RuntimeEngine(HOST)
    if scanned:
        engine.learn_image(INVENTORY)
    return engine


def parts(batch: EventBatch, cuts: list[int]) -> list[EventBatch]:
    """The same rows in several batches over the same table."""
    edges = [0, *sorted(min(c, len(batch)) for c in cuts), len(batch)]
    return [EventBatch(batch.rows[a:b], batch.strings, batch.subjects, batch.generation) for a, b in itertools.pairwise(edges)]


@given(st.lists(EVENTS, max_size=40), st.lists(st.integers(0, 40), max_size=4))
@settings(max_examples=150, deadline=None)
def test_how_rows_are_cut_into_batches_changes_nothing(events: list[Event], cuts: list[int]) -> None:
    """One batch or many: the same alerts in the same order."""
    batch = batch_of(tuple(events))
    whole = fresh().feed(batch)
    engine = fresh()
    assert [alert for part in parts(batch, cuts) for alert in engine.feed(part)] == whole


@given(st.lists(EVENTS, max_size=40), st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_a_snapshot_continues_as_if_nothing_had_happened(events: list[Event], cut: int) -> None:
    """After a restart from a snapshot, and in a table of strings of another generation, judgement goes on the same."""
    batch = batch_of(tuple(events))
    before, after = parts(batch, [cut])
    one = fresh()
    one.feed(before)
    other = RuntimeEngine(HOST)
    other.restore(one.snapshot())
    again = EventBatch(after.rows, after.strings, after.subjects, generation=9)
    assert other.feed(again) == one.feed(after)
    late = Tick(START + 10**18)
    assert other.tick(late) == one.tick(late)
    assert other.snapshot() == one.snapshot()


@given(st.lists(EVENTS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_alerts_can_always_be_sent(events: list[Event]) -> None:
    """Whatever foreign names hold, an alert can be encoded, is printable, and comes from where the row came from."""
    engine = fresh()
    for alert in engine.feed(batch_of(tuple(events))):
        assert msgspec.json.decode(msgspec.json.encode(alert), type=Alert) == alert
        assert alert.message.en.isprintable()
        assert alert.asset_id in (SHOP.id, HOST.id)
        assert bool(alert.container_id) == (alert.asset_id == SHOP.id)
        assert alert.lineage[0] == alert.process
        assert len(alert.object) <= 1024


@given(st.lists(EVENTS, max_size=40))
@settings(max_examples=100, deadline=None)
def test_the_prefilter_holds_nothing_back(events: list[Event]) -> None:
    """The fast way finds what the slow way finds, which offers each event to each detector."""
    known = [runs(n, max(0, n - 1), f"/app/{n}", "x", on=SHOP if n % 2 else HOST, at=0.0) for n in range(7)]
    told = scene(*known, *events).events
    quick = fresh().feed(batch_of(told))
    slow = fresh()
    everything = (1 << sum(len(d.interests) for d in DETECTORS)) - 1
    kinds = dict.fromkeys(EventKind, 0)
    for position, interest in enumerate(i for d in DETECTORS for i in d.interests):
        for kind in interest.kinds:
            kinds[kind] |= 1 << position
    slow._filter.select = lambda batch: np.ones(len(batch), np.bool_)  # type: ignore[method-assign] -- stands in for it
    slow._filter.bits = lambda batch, chosen: iter(  # type: ignore[method-assign] -- stands in for the prefilter
        [kinds[EventKind(k)] & everything for k in batch.rows["kind"][chosen].tolist()]
    )
    said = slow.feed(batch_of(told))
    wanted = [a for a in said if (a.container_id or a.detector not in CONTAINER_ONLY)]
    assert [(a.id, a.count, a.message) for a in quick] == [(a.id, a.count, a.message) for a in wanted]


CONTAINER_ONLY = {d.spec.id for d in DETECTORS if all(i.where.name == "CONTAINER" for i in d.interests)}


def test_a_replay_gives_the_same_alerts() -> None:
    """Ids do not depend on when or how often something is judged."""
    batch = batch_of(scene(runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(2, 1, "/usr/bin/dash", "sh")).events)
    first, second = fresh().feed(batch), fresh().feed(batch)
    assert first == second
    assert first


def test_a_flood_of_one_cause_is_one_alert() -> None:
    """Ten thousand reads by ten thousand processes are one alert that says how many."""
    engine = fresh()
    events = [
        event for n in range(10, 5010) for event in (runs(n, 1, "/usr/bin/cat", "cat", at=700), opens(n, "/etc/shadow", at=700))
    ]
    said = engine.feed(batch_of(tuple(events))) + engine.tick(Tick(START + 701 * 10**9))
    assert len({alert.id for alert in said}) == 1
    assert said[-1].count == 5000
    assert len(said) < 60


def test_endless_new_names_are_bounded() -> None:
    """Random names are one more way to flood: beyond a number they become one alert."""
    engine = fresh()
    events = [runs(n, 1, f"/srv/x{n}", "x", flags=EventFlag.UPPER, at=700) for n in range(10, 3010)]
    said = engine.feed(batch_of(tuple(events)))
    drift = {alert.id for alert in said if alert.detector == "RUN-005"}
    assert len(drift) == 257


def test_a_bomb_of_forks_is_bounded() -> None:
    """A container that forks without end pushes out old processes, and the table stays small."""
    engine = fresh()
    for start in range(0, 200_000, 50_000):
        rows = batch_of((row(EventKind.FORK, 1, parent=1),)).rows.repeat(50_000)
        rows["process"] = np.arange(start + 10, start + 50_010)
        rows["parent"] = rows["process"] - 1
        engine.feed(EventBatch(rows, ("",), (HOST, SHOP), 3))
    assert len(engine._table) <= 65_536 + 16_384 + 1
    assert engine._table.forgotten > 0


def test_a_loop_of_parents_ends() -> None:
    """Foreign parent numbers may form a circle."""
    events = (runs(2, 3, "/usr/sbin/nginx", "nginx"), runs(3, 2, "/usr/bin/dash", "sh"))
    said = fresh().feed(batch_of(events))
    assert len(said[0].lineage) == 2


def test_needs_names_images_that_run_and_are_not_known() -> None:
    """What the engine asks for it asks for until it has it."""
    batch = batch_of((opens(2, "/etc/hosts"),))
    engine = fresh(scanned=False)
    assert engine.needs(batch) == {DIGEST}
    engine.learn_image(INVENTORY)
    assert engine.needs(batch) == frozenset()


def test_an_inventory_that_comes_late_is_used_at_once() -> None:
    """Strings that were looked at before a scan ended are looked at again."""
    reading = (runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/srv/.env"))
    batch = batch_of(reading)
    engine = fresh(scanned=False)
    assert engine.feed(batch) == []
    engine.learn_image(INVENTORY)
    assert [alert.evidence.get("secret_path") for alert in engine.feed(batch)] == ["/srv/.env"]


def test_a_file_in_the_kernel_may_fold_rows() -> None:
    """A row that stands for many happenings counts as many."""
    event = msgspec.structs.replace(opens(2, "/etc/shadow"), count=41)
    assert fresh().feed(batch_of((runs(2, 1, "/usr/bin/cat", "cat"), event)))[0].count == 41


def test_processes_seen_before_the_sensor_are_judged_only_for_what_they_are() -> None:
    """After an agent's restart a shell that is open is not told again; a miner that runs is."""
    flags = EventFlag.FROM_PROC | EventFlag.TTY | EventFlag.EXEC_SESSION
    events = (runs(2, 900, "/usr/bin/bash", "bash", flags=flags), runs(3, 1, "/opt/xmrig", "xmrig", flags=flags))
    assert {alert.detector for alert in fresh().feed(batch_of(events))} >= {"RUN-054"}
    assert "RUN-001" not in {alert.detector for alert in fresh().feed(batch_of(events))}


def test_a_program_that_was_not_started_is_not_judged() -> None:
    """execve that failed has run nothing."""
    events = (runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.FAILED | EventFlag.TTY | EventFlag.EXEC_SESSION, ret=-2),)
    assert fresh().feed(batch_of(events)) == []


def test_an_administrator_on_the_host_is_no_alert() -> None:
    """The plain host is a subject too, and its daily work is not noise."""
    daily = (
        runs(10, 1, "/usr/sbin/sshd", "sshd", on=HOST),
        opens(10, "/etc/shadow", on=HOST),
        runs(11, 10, "/usr/bin/bash", "-bash", on=HOST, flags=EventFlag.TTY),
        runs(12, 11, "/usr/bin/sudo", "sudo", "apt-get", "install", "x", on=HOST, flags=EventFlag.TTY),
        opens(12, "/etc/shadow", on=HOST),
        runs(13, 12, "/usr/bin/apt-get", "apt-get", "install", "x", on=HOST),
        runs(14, 13, "/usr/bin/dpkg", "dpkg", on=HOST),
        runs(15, 14, "/usr/bin/dash", "sh", "/var/lib/dpkg/info/x.postinst", on=HOST),
        row(EventKind.MOUNT, 11, "/mnt", raw="/dev/sdb1", argv=("ext4",), on=HOST),
        row(EventKind.UNSHARE, 11, arg0=0x20000, on=HOST),
        row(EventKind.SETNS, 11, arg0=0x20000, on=HOST),
        runs(16, 11, "/usr/bin/podman", "podman", "run", "x", on=HOST),
    )
    assert RuntimeEngine(HOST).feed(batch_of(daily)) == []


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x80", b"\x81\xa7version\x63", b"\x93\x01\x02\x03"])
def test_a_damaged_snapshot_is_refused_whole(data: bytes) -> None:
    """A bad snapshot raises what callers expect, and leaves the engine as it was."""
    engine = fresh()
    engine.feed(batch_of((runs(2, 1, "/usr/bin/cat", "cat"), opens(2, "/etc/shadow"))))
    before = engine.snapshot()
    with pytest.raises(FormatError):
        engine.restore(data)
    assert engine.snapshot() == before


def test_an_empty_batch_is_nothing() -> None:
    """Sensors hand over empty batches when nothing happens."""
    assert fresh().feed(EventBatch(np.zeros(0), ("",), (HOST,))) == []


def without_actors() -> tuple[Detector, ...]:
    """The detectors as if every process were asked about."""
    return tuple(
        dataclasses.replace(d, interests=tuple(dataclasses.replace(i, actor=None) for i in d.interests)) for d in DETECTORS
    )


@settings(max_examples=60)
@given(st.lists(EVENTS, min_size=1, max_size=40))
def test_asking_who_acts_first_hides_nothing(events: list[Event]) -> None:
    """Rows that are left out because of who acts would have made no alert."""
    plain, asking = RuntimeEngine(HOST, without_actors()), RuntimeEngine(HOST)
    plain.learn_image(INVENTORY)
    asking.learn_image(INVENTORY)
    assert asking.feed(batch_of(events)) == plain.feed(batch_of(events))


@pytest.mark.parametrize("name", ["exercises", "tools_attack", "tools_benign"])
def test_asking_who_acts_first_hides_nothing_of_what_was_recorded(name: str) -> None:
    """The same alerts from attacks and from ordinary work, whether rows are left out or not."""
    told = []
    for engine in (RuntimeEngine(HOST, without_actors()), RuntimeEngine(HOST)):
        sensor = ReplaySensor(RECORDINGS / f"{name}.prec")
        sensor.start()
        alerts: list[Alert] = []
        with contextlib.suppress(EOFError):
            while True:
                alerts += engine.feed(sensor.read(0.0))
        sensor.stop()
        told.append(alerts)
    assert told[0] == told[1]
    assert told[0] or name == "tools_benign"


def test_who_acts_is_asked_again_when_it_becomes_another_program() -> None:
    """An application's interpreter calls whom it likes; the shell that it becomes does not, nor does it after new rules."""
    engine = RuntimeEngine(HOST)
    app = scene(runs(2, 1, "/usr/bin/python3.11", "python3", "/app/main.py"), connects(2, "198.51.100.4", 443))
    shell = scene(
        runs(2, 1, "/usr/bin/bash", "bash", "-c", "x", at=3.0),
        connects(2, "198.51.100.4", 443, at=4.0),
        connects(2, "198.51.100.5", 443, at=9.0),
    ).events
    told = [engine.feed(batch_of(app.events)), engine.feed(batch_of(shell[:2]))]
    engine.use_rules(())
    told.append(engine.feed(batch_of(shell[2:])))
    assert [[a.detector for a in alerts if a.detector == "RUN-052"] for alerts in told] == [[], ["RUN-052"], ["RUN-052"]]
