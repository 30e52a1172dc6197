"""The prefilter's share of a rule: it may let too much through, and never too little."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.algorithms.rules.pack import PackKind
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.judging import Context, Detector, Interest, Verdict
from periderm.engines.runtime.prefilter import Prefilter
from periderm.engines.runtime.rules import pack as packs
from periderm.engines.runtime.rules.derive import needs_of
from periderm.engines.runtime.rules.needs import ALL_KINDS, CONTAINER, NODE
from periderm.engines.runtime.scene import HOST, batch_of, image, row, runs
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import RuleError
from periderm.model.event import Event, EventFlag, EventKind
from tests.engines.runtime.rules.events import CONDITIONS, events


def detector_of(condition: str, name: str = "rule-a") -> Detector:
    """A rule of this condition."""
    text = f"kind: runtime\nrules:\n  - id: {name}\n    condition: |-\n      {condition}\n"
    return packs.detectors(packs.checked(read_rule_pack(text.encode(), "p.yaml", (PackKind.RUNTIME,))))[0]


def spying(detector: Detector, seen: list[int], name: str, interests: tuple[Interest, ...]) -> Detector:
    """The same, telling the numbers of the events on which it fires."""

    def judge(context: Context) -> Verdict | None:
        verdict = detector.judge(context)
        if verdict is not None:
            seen.append(context.event.inode)
        return verdict

    return Detector(spec=msgspec.structs.replace(detector.spec, id=name), interests=interests, judge=judge)


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONDITIONS, st.lists(events(), min_size=1, max_size=12))
def test_prefilter_holds_nothing_back(condition: str, happened: list[Event]) -> None:
    """A rule behind its prefilter fires exactly where the bare condition holds: any condition, any events."""
    happened = [msgspec.structs.replace(e, inode=number) for number, e in enumerate(happened)]
    rule = detector_of(condition)
    bare: list[int] = []
    filtered: list[int] = []
    everything = (Interest(kinds=tuple(ALL_KINDS)),)
    engine = RuntimeEngine(HOST, (spying(rule, bare, "bare", everything), spying(rule, filtered, "filtered", rule.interests)))
    engine.learn_image(image("/bin/sh", "/usr/sbin/nginx"))
    engine.feed(batch_of(tuple(happened)))
    assert filtered == bare


CHEAP = [
    ("kind == 'exec' && name == 'sh'", {EventKind.EXEC}),
    ("kind == 'open' && path.startsWith('/etc/')", {EventKind.OPEN}),
    ("writes && glob(path, '/home/*/.ssh/**')", {EventKind.OPEN}),
    ("kind == 'connect' && port in [22, 4444]", {EventKind.CONNECT}),
    ("kind in ['exec', 'open'] && path.matches('^/tmp/.*[.]sh$') && user == 0", {EventKind.EXEC, EventKind.OPEN}),
    ("kind == 'exec' && ['nc', 'ncat'].exists(n, name == n)", {EventKind.EXEC}),
    ("kind == 'exec' && (cmdline.contains('--eval evil') || drifted)", {EventKind.EXEC}),
    ("kind == 'exec' && (contained ? 'xmrig' in argv : file == 'xmrig')", {EventKind.EXEC}),
]


@pytest.mark.parametrize(("condition", "kinds"), CHEAP)
def test_usual_conditions_have_a_check(condition: str, kinds: set[EventKind]) -> None:
    """What people write is looked for by the prefilter, in rows of the kinds that are meant and no others."""
    needs = needs_of(packs.language().compile(condition))
    assert {kind for need in needs for kind in need.kinds} == kinds
    assert all(need.check is not None for need in needs)


def test_what_cannot_be_told_falls_back() -> None:
    """To the kinds, or to everything; and a contradiction needs nothing."""
    told = {
        text: needs_of(packs.language().compile(text)) for text in ("kind == 'exec' && parent == 'x'", "user == 0", "false")
    }
    assert [(need.kinds, need.check) for need in told["kind == 'exec' && parent == 'x'"]] == [({EventKind.EXEC}, None)]
    assert [(need.kinds, need.check) for need in told["user == 0"]] == [(ALL_KINDS, None)]
    assert told["false"] == ()


def test_places() -> None:
    """A rule about containers is not asked about the host, and the other way round."""
    assert [n.where for n in needs_of(packs.language().compile("kind == 'exec' && image.startsWith('a')"))] == [CONTAINER]
    assert [n.where for n in needs_of(packs.language().compile("kind == 'exec' && !contained"))] == [NODE]
    assert [n.where for n in needs_of(packs.language().compile("kind == 'exec' && container == ''"))] == [CONTAINER | NODE]


def test_few_rows_reach_the_condition() -> None:
    """The check is not only right but useful: ordinary rows are not offered."""
    rule = detector_of("kind == 'open' && path == '/etc/shadow'")
    batch = batch_of((*(row(EventKind.OPEN, 1, f"/usr/lib/{n}") for n in range(50)), row(EventKind.OPEN, 1, "/etc/shadow")))
    assert Prefilter((rule,)).select(batch).tolist() == [False] * 50 + [True]


def test_deep_and_wide_conditions_stay_bounded() -> None:
    """A condition of hundreds of alternatives gives few interests, and is told at once."""
    wide = " || ".join(f"(path == '/a{n}' && (name == 'b{n}' || exe == '/c{n}'))" for n in range(200))
    assert len(needs_of(packs.language().compile(wide[:9000].rpartition(" || ")[0]))) <= 64
    with pytest.raises(RuleError):
        packs.language().compile("(" * 200 + "true" + ")" * 200)


HARD: list[tuple[str, tuple[Event, ...]]] = [
    ("name == 'sh'", (runs(2, 1, "/bin/busybox", "sh"),)),
    ("name == 'sh'", (runs(2, 1, "/bin/busybox", "-sh"),)),
    ("name == 'sh'", (runs(2, 1, "/bin/busybox", "busybox", "/bin/sh"),)),
    ("name == 'nc'", (runs(2, 1, "/lib64/ld-linux-x86-64.so.2", "ld.so", "/tmp/nc"),)),
    ("name.matches('^python[0-9.]*$')", (runs(2, 1, "/lib/ld-musl-x86_64.so.1", "ld", "/usr/bin/python3.11"),)),
    ("kind == 'open' && name == 'sh'", (runs(2, 1, "/bin/busybox", "sh"), row(EventKind.OPEN, 2, "/x", exe="/bin/busybox"))),
    ("kind == 'open' && name == 'a'", (runs(2, 1, "/lib/ld.so", "ld", "/a"), row(EventKind.OPEN, 2, "/x", exe="/lib/ld.so"))),
    ("cmdline.contains('sh -c id')", (runs(2, 1, "/bin/busybox", "/bin/sh", "-c", "id"),)),
    ("cmdline.startsWith('sh -c')", (runs(2, 1, "/bin/sh", "x", "-c", "id"),)),
    ("cmdline == 'sh -c id'", (runs(2, 1, "/bin/sh", "x", "-c", "id"),)),
    ("line.contains('-c id')", (runs(2, 1, "/bin/x", "x", "-c", "id"),)),
    (r"line.matches('x\\s-c')", (runs(2, 1, "/bin/x", "x", "-c"),)),
    ("line.matches('x[ ]-c$')", (runs(2, 1, "/bin/x", "x", "-c"),)),
    ("args.join(' ').startsWith('-c i')", (runs(2, 1, "/bin/x", "x", "-c", "id"),)),
    ("argv[1] == '-c'", (runs(2, 1, "/bin/x", "x", "-c"),)),
    ("'É' in args", (runs(2, 1, "/bin/x", "x", "É"),)),
    ("path.endsWith('/shadow')", (row(EventKind.OPEN, 2, "/x\n/etc/shadow"),)),
    ("path.contains('b')", (row(EventKind.OPEN, 2, "/\udc80b"),)),
    ("file == 'x'", (row(EventKind.OPEN, 2, "/tmp/x (deleted)"),)),
    ("folder == '/tmp'", (row(EventKind.OPEN, 2, "/tmp/x"),)),
    ("path.matches('^/tmp/.$')", (row(EventKind.OPEN, 2, "/tmp/é"),)),
    ("path.matches('(?i)/secret')", (row(EventKind.OPEN, 2, "/ſecret"),)),
    ("path.upperAscii() == '/ETC'", (row(EventKind.OPEN, 2, "/etc"),)),
    ("glob(path, '/a/**/b')", (row(EventKind.OPEN, 2, "/a/b"),)),
    ("script == '/x.sh'", (runs(2, 1, "/bin/sh", "sh", "/x.sh"),)),
    ("script == '/x.sh'", (runs(2, 1, "/usr/bin/env", "env", raw="/x.sh", flags=EventFlag.SCRIPT),)),
    ("drifted", (runs(2, 1, "/opt/new", "new", flags=EventFlag.UPPER),)),
    ("makes_setuid", (row(EventKind.CHMOD, 2, "/x", arg0=0o4755),)),
    ("port >= 4000 && port < 5000", (row(EventKind.CONNECT, 2, "1.1.1.1", port=4444, family=2),)),
]


@pytest.mark.parametrize(("condition", "happened"), HARD, ids=[f"{n} {c}" for n, (c, _) in enumerate(HARD)])
def test_hard_cases_fire(condition: str, happened: tuple[Event, ...]) -> None:
    """Where the fact does not stand in the row as it is asked for: the last event fires, through the prefilter."""
    rule = detector_of(condition)
    seen: list[int] = []
    engine = RuntimeEngine(HOST, (spying(rule, seen, "rule", rule.interests),))
    engine.feed(batch_of(tuple(msgspec.structs.replace(e, inode=n) for n, e in enumerate(happened))))
    assert len(happened) - 1 in seen
