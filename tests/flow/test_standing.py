"""What holds is undone when its time is over, also by the next agent, and what takes long runs beside."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import pytest

from periderm.flow.interpret import Interpreter
from periderm.flow.standing import Standing, StandingEffects, release_all, undo_of
from periderm.model.effect import (
    CaptureForensics,
    EffectRecord,
    EffectState,
    Held,
    IsolateContainer,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
)
from periderm.model.errors import ResponderError
from tests.flow.test_interpret import BASE, Noting

BOX = {**BASE, "container_id": "c", "runtime": "podman"}
PAUSE = PauseContainer(**BOX, lasts=100)
CUT = IsolateContainer(**{**BOX, "id": "eff-2"})
TAKEN = QuarantineFile(**{**BASE, "id": "eff-3"}, path="/tmp/x", container_id="c")


class Clock:
    """Moves when told."""

    def __init__(self) -> None:
        self.time = 1000

    def now(self) -> int:
        return self.time

    def monotonic(self) -> int:
        return self.time

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


class Lab:
    """An interpreter with what holds kept in a list."""

    def __init__(self, kept: Sequence[Standing] = ()) -> None:
        self.kept = list(kept)
        self.told: list[EffectRecord] = []
        self.responder = Noting()
        self.clock = Clock()
        self.interpreter = Interpreter(self.responder, self.clock)
        self.standing = StandingEffects(
            self.interpreter,
            self.clock,
            self.told.extend,
            lambda: self.kept,
            lambda held: self.kept.__setitem__(slice(None), held),
        )


@pytest.mark.parametrize(("effect", "kind"), [(PAUSE, ResumeContainer), (CUT, ReconnectContainer), (TAKEN, RestoreFile)])
def test_each_has_its_undo(effect: Held, kind: type) -> None:
    """It names what it takes back, and each attempt has an id of its own."""
    undo = undo_of(effect, decided_by="timer", reason=PAUSE.reason, now=7)
    assert isinstance(undo, kind)
    assert (undo.undoes, undo.decided_at, undo.decided_by) == (effect.id, 7, "timer")
    assert undo.id != undo_of(effect, decided_by="timer", reason=PAUSE.reason, now=7, again=1).id


def test_it_ends_when_its_time_is_over() -> None:
    """Not before; both the undo and what became of the effect are told."""
    lab = Lab()
    assert lab.interpreter.act(PAUSE).state is EffectState.APPLIED
    assert lab.kept == [Standing(effect=PAUSE, until=1100)]
    lab.clock.time = 1099
    lab.standing.expire()
    assert lab.told == []
    lab.clock.time = 1100
    lab.standing.expire()
    assert [(type(r.effect), r.state) for r in lab.told] == [
        (PauseContainer, EffectState.UNDONE),
        (ResumeContainer, EffectState.APPLIED),
    ]
    assert lab.kept == []
    lab.standing.expire()
    assert len(lab.told) == 2


def test_without_a_time_it_holds_until_somebody_undoes_it() -> None:
    """However long that takes."""
    lab = Lab()
    lab.interpreter.act(CUT)
    lab.clock.time = 10**18
    lab.standing.expire()
    assert [each.effect for each in lab.kept] == [CUT]
    lab.interpreter.act(undo_of(CUT, decided_by="user:a", reason=CUT.reason, now=1))
    assert lab.kept == []


def test_the_next_agent_goes_on_with_it() -> None:
    """What the file says was done before is undone when it is over."""
    lab = Lab([Standing(effect=PAUSE, until=900)])
    lab.standing.expire()
    assert [type(e) for e in lab.responder.done] == [ResumeContainer]
    assert lab.kept == []


def test_an_undo_that_fails_is_told_and_tried_again() -> None:
    """A minute later, and not for ever."""
    lab = Lab([Standing(effect=PAUSE, until=900)])
    lab.responder.failure = "no"
    for _ in range(30):
        lab.standing.expire()
        lab.standing.expire()
        lab.clock.time += 61 * 10**9
    assert len(lab.told) == 10
    assert {r.state for r in lab.told} == {EffectState.FAILED}
    assert len({r.effect.id for r in lab.told}) == 10
    assert len(lab.kept) == 1


def test_what_takes_long_runs_beside() -> None:
    """The record of the order is there at once, that of the deed when it is done."""
    lab = Lab()
    capture = CaptureForensics(**BASE, pid=4242)
    assert lab.interpreter.carry_out(capture).state is EffectState.ORDERED
    assert lab.interpreter.carry_out(CUT).state is EffectState.ORDERED
    stop, done = threading.Event(), threading.Event()
    lab.interpreter.note = lambda _: done.set() if len(lab.responder.done) == 2 else None
    running = threading.Thread(target=lab.standing.run, args=(stop,))
    running.start()
    assert done.wait(180)
    stop.set()
    running.join(180)
    assert {type(r.effect) for r in lab.told} == {CaptureForensics, IsolateContainer}


def test_a_full_queue_is_not_a_lost_order() -> None:
    """Then it is carried out at once."""
    lab = Lab()
    for number in range(20):
        effect = CaptureForensics(**{**BASE, "id": f"eff-{number}"}, pid=4242)
        lab.interpreter.carry_out(effect)
    assert len(lab.responder.done) == 12


def test_the_doctor_releases_what_holds_containers() -> None:
    """Files stay in the vault; what cannot be released is told and stays listed."""
    lab = Lab()
    held = [Standing(effect=PAUSE, until=0), Standing(effect=TAKEN, until=0), Standing(effect=CUT, until=0)]
    saved: list[Sequence[Standing]] = []
    interpreter = Interpreter(lab.responder, lab.clock)
    assert release_all(interpreter, lab.clock, held, saved.append) == (PAUSE.id, CUT.id)
    assert [each.effect for each in saved[-1]] == [TAKEN]
    lab.responder.failure = "no"
    with pytest.raises(ResponderError, match="cannot be taken back"):
        release_all(interpreter, lab.clock, held, saved.append)


def test_what_is_kept_survives_json() -> None:
    """Every kind that can hold."""
    for effect in (PAUSE, CUT, TAKEN):
        each = Standing(effect=effect, until=5)
        assert msgspec.json.decode(msgspec.json.encode(each), type=Standing) == each
