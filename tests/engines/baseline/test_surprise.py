"""Surprise grows with what is strange and never with what is normal; while a workload learns, little is told."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline.cases import NGINX, PHP, SH, Case, case, did, normal, situation_of
from periderm.engines.baseline.surprise import BARS, bar, severity, surprise
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

JUDGED = sorted(set(Aspect) - {Aspect.CPU, Aspect.MEMORY, Aspect.FILES, Aspect.CHILDREN})
PROGRAMS = st.sampled_from([NGINX, PHP, SH, "/tmp/x", "/usr/bin/sh /app/run.sh", "/app/run", "", "/memfd:x"])
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["tcp/443 203.0.113.1", "unix /run/x", "tcp/1 ::1", "rename /etc/x", "user 0", "-c {curl;sh}", "0", "a > b", "/etc/x"]
    ),
)
BEHAVIOURS = st.builds(Behaviour, st.sampled_from(JUDGED), PROGRAMS, VALUES)


@given(BEHAVIOURS, st.lists(BEHAVIOURS, max_size=6), st.booleans(), st.sampled_from([0, 1, 4]))
def test_anything_can_be_judged(does: Behaviour, known: list[Behaviour], inventory: bool, flags: int) -> None:
    """Whatever a workload does has a score from 0 to 100, a type of the table, and words in both languages."""
    found = surprise(situation_of(Case(does=does, known=tuple(known), inventory=inventory, flags=flags)))
    assert 0 <= found.score <= 100
    assert found.why.en
    assert found.why.zh
    assert found.told == (found.score >= bar(does.aspect, Phase.ALERTING))


@given(BEHAVIOURS)
def test_what_a_person_rejected(does: Behaviour) -> None:
    """It is told whatever the score was, in every phase, with that as its reason."""
    situation = dataclasses.replace(situation_of(Case(does=does)), rejected=True)
    for phase in Phase:
        state = dataclasses.replace(situation.normal, phase=phase)
        found = surprise(dataclasses.replace(situation, normal=state))
        assert found.told
        assert found.score == 100
        assert "a person said" in found.why.en


@given(BEHAVIOURS)
def test_learning_tells_less(does: Behaviour) -> None:
    """What is told while a workload learns is told later too, and never as less."""
    situation = situation_of(Case(does=does))
    early = surprise(dataclasses.replace(situation, normal=dataclasses.replace(situation.normal, phase=Phase.LEARNING)))
    late = surprise(situation)
    assert late.told or not early.told
    assert late.severity >= early.severity


def test_every_judged_aspect_has_a_bar() -> None:
    """No aspect is without one, and no bar cannot be reached."""
    assert set(BARS) == set(Aspect)
    assert all(0 < each <= 100 for each in BARS.values())


def test_severity() -> None:
    """By the score; nothing is beyond high before a workload is known."""
    assert [severity(score) for score in (10, 50, 80, 99)] == [
        Severity.LOW,
        Severity.MEDIUM,
        Severity.HIGH,
        Severity.CRITICAL,
    ]
    assert severity(85, Phase.LEARNING) is Severity.MEDIUM
    assert severity(99, Phase.LEARNING) is Severity.HIGH


def test_of_an_unknown_program_its_parent_is_no_news() -> None:
    """That it runs was told; with what and as whom is part of it."""
    for aspect in ("user", "parent", "arguments", "chain"):
        assert not surprise(situation_of(case(did(aspect, "/usr/local/bin/x", "0"), normal(NGINX)))).told


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (case(did("program", SH), normal(NGINX)), case(did("program", SH), normal(NGINX), above="/app/run")),
        (case(did("program", SH), normal(NGINX)), case(did("program", SH), normal(NGINX), normal("/usr/bin/bash"))),
        (
            case(did("program", SH), normal(NGINX), flags=int(EventFlag.UPPER)),
            case(did("program", SH), normal(NGINX), above="/x"),
        ),
        (case(did("write", PHP, "/etc/cron.d/x"), normal(PHP)), case(did("write", PHP, "/var/lib/x"), normal(PHP))),
        (
            case(did("connect", PHP, "tcp/4444 203.0.113.9"), normal(PHP)),
            case(did("connect", PHP, "tcp/4444 10.0.0.9"), normal(PHP)),
        ),
        (case(did("become", PHP, "user 0"), normal(PHP)), case(did("become", PHP, "user 7"), normal(PHP))),
    ],
    ids=["by a server", "no shell here", "came later", "place", "distance", "root"],
)
def test_more_surprising(more: Case, less: Case) -> None:
    """Who started it, what else is normal, where the file is, how far the peer: each counts."""
    assert surprise(situation_of(more)).score > surprise(situation_of(less)).score


CHMOD = "/usr/bin/chmod"
TOOL = "/usr/bin/curl"
PLANTS = case(did("change", CHMOD, "chmod /etc/cron.d/app"), normal(CHMOD))


def test_an_entrypoint_prepares() -> None:
    """What the entrypoint does in the first minute is little surprising; the same by a session or a program that came
    after the image is as surprising as ever."""
    situation = situation_of(PLANTS)
    late = surprise(situation).score
    actor = msgspec.structs.replace(situation.actor, how="entrypoint")
    start = dataclasses.replace(situation, starting=True, actor=actor)
    assert surprise(start).score < bar(Aspect.CHANGE, Phase.LEARNING) <= late
    session = dataclasses.replace(start, actor=msgspec.structs.replace(actor, how="exec"))
    strange = dataclasses.replace(start, actor=msgspec.structs.replace(actor, flags=int(EventFlag.UPPER)))
    assert surprise(session).score == late
    assert surprise(strange).score >= late
    served = {**start.normal.values, (Aspect.ACCEPT, CHMOD): ["tcp/80 *"]}
    assert surprise(dataclasses.replace(start, normal=dataclasses.replace(start.normal, values=served))).score == late


def test_the_file_acted_on_makes_no_stranger() -> None:
    """A row about a file that came after the image says nothing of the program that opens it; a start of such a file does."""
    opened = dataclasses.replace(situation_of(PLANTS), kind=EventKind.OPEN, flags=int(EventFlag.UPPER))
    assert not opened.drifted
    assert dataclasses.replace(opened, kind=EventKind.EXEC).drifted


@pytest.mark.parametrize("above", ["/usr/sbin/sshd", "/usr/sbin/cron"])
def test_who_is_told_what_to_start(above: str) -> None:
    """While it is learned, what a login server or a scheduler starts is learned; what a web server starts is told."""
    does = did("program", TOOL)
    situation = situation_of(case(does, normal(above), normal(NGINX), files={TOOL: "curl"}))
    learning = dataclasses.replace(situation.normal, phase=Phase.LEARNING)

    def by(program: str) -> bool:
        actor = msgspec.structs.replace(situation.actor, above=program)
        return surprise(dataclasses.replace(situation, normal=learning, actor=actor)).told

    assert not by(above)
    assert by(NGINX)
