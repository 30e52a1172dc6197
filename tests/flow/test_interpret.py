"""Effects become port calls, behind guards."""

from __future__ import annotations

import os

from periderm.flow.interpret import Interpreter
from periderm.model.effect import (
    Effect,
    EffectState,
    KillAtExec,
    KillProcess,
    PauseContainer,
    ResumeContainer,
)
from periderm.model.errors import ResponderError
from periderm.model.text import Text

BASE = {
    "id": "eff-1",
    "node_id": "node-1",
    "asset_id": "ctr-1",
    "reason": Text("r", "r"),
    "blast_radius": Text("one process", "一个进程"),
    "decided_by": "user:a",
    "decided_at": 5,
}


class Clock:
    """Stands still."""

    def now(self) -> int:
        return 1000

    def monotonic(self) -> int:
        return 1000

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


class Noting:
    """Notes what it was told to do; fails if told to."""

    def __init__(self, failure: str = "") -> None:
        self.done: list[Effect] = []
        self.failure = failure

    def _do(self, effect: Effect) -> None:
        if self.failure:
            raise ResponderError(self.failure)
        self.done.append(effect)

    def kill_process(self, effect: KillProcess) -> None:
        self._do(effect)

    def pause_container(self, effect: PauseContainer) -> None:
        self._do(effect)

    def resume_container(self, effect: ResumeContainer) -> None:
        self._do(effect)


def kill(pid: int, **more: int) -> KillProcess:
    """An order to kill a process."""
    return KillProcess(**BASE, **more, process_key=7, pid=pid, started=1)  # type: ignore[arg-type]


def test_each_effect_reaches_its_call() -> None:
    """Every response that touches something is carried out once and recorded as applied."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock())
    effects: list[Effect] = [
        kill(4242),
        PauseContainer(**BASE, container_id="c", runtime="podman"),  # type: ignore[arg-type]
        ResumeContainer(**BASE, container_id="c", runtime="podman", undoes="eff-0"),  # type: ignore[arg-type]
    ]
    records = [interpreter.carry_out(e) for e in effects]
    assert responder.done == effects
    assert {r.state for r in records} == {EffectState.APPLIED}


def test_kernel_kill_is_only_recorded() -> None:
    """What the kernel did is told as done, what it would have done as a dry run; nothing is killed twice."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock())
    effect = KillAtExec(**BASE, process_key=7, pid=4242, executable="/tmp/x")  # type: ignore[arg-type]
    assert interpreter.carry_out(effect, killed=True).state is EffectState.APPLIED
    assert interpreter.carry_out(effect, killed=False).state is EffectState.DRY_RUN
    assert responder.done == []


def test_guards_hold_for_everyone() -> None:
    """Nothing, not even a person's order, kills pid 1, the agent, or its supervisor."""
    responder = Noting()
    interpreter = Interpreter(responder, Clock(), frozenset({77}))
    for pid in (1, os.getpid(), os.getppid(), 77):
        assert interpreter.carry_out(kill(pid)).state is EffectState.REFUSED
    assert responder.done == []


def test_dry_run_touches_nothing() -> None:
    """A dry run says what it would hit."""
    responder = Noting()
    record = Interpreter(responder, Clock()).carry_out(kill(4242), dry_run=True)
    assert (record.state, record.detail.en) == (EffectState.DRY_RUN, "one process")
    assert responder.done == []


def test_old_orders_are_refused() -> None:
    """An order that waited past its time to live is refused, not carried out late."""
    responder = Noting()
    assert Interpreter(responder, Clock()).carry_out(kill(4242, expires=999)).state is EffectState.REFUSED
    assert responder.done == []


def test_failure_is_a_record() -> None:
    """A response that fails is told with its reason, and stops nothing else."""
    record = Interpreter(Noting("the process has ended"), Clock()).carry_out(kill(4242))
    assert record.state is EffectState.FAILED
    assert "has ended" in record.detail.en
