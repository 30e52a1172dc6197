"""Turns effects into port calls, behind the guards that no policy can switch off. Decides nothing else."""

from __future__ import annotations

import os
from typing import assert_never

from periderm.model.effect import (
    Effect,
    EffectRecord,
    EffectState,
    KillAtExec,
    KillProcess,
    PauseContainer,
    ResumeContainer,
)
from periderm.model.errors import ResponderError
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.responder import Responder

DONE_IN_KERNEL = Text("The kernel killed it while it started.", "内核在其启动时已将其终止。")
ONLY_COMPUTED = Text(
    "Nothing was done: the policy does not enforce. It would have been killed at exec.",
    "未采取任何动作：策略未启用强制。若启用，它会在 exec 时被终止。",
)
DONE = Text("Done.", "已完成。")
EXPIRED = Text("Not done: the order was too old.", "未执行：命令已过期。")
GUARDED = Text(
    "Refused: the product never acts on itself, on pid 1 or on the container runtime.",
    "已拒绝：本产品绝不对自身、1 号进程或容器运行时采取动作。",
)


class Interpreter:
    """`protected` are pids that are never hit, whatever asks: the product's own processes, besides pid 1."""

    def __init__(self, responder: Responder, clock: Clock, protected: frozenset[int] = frozenset()) -> None:
        self._responder = responder
        self._clock = clock
        self._protected = protected | {1, os.getpid(), os.getppid()}

    def carry_out(self, effect: Effect, *, killed: bool = False, dry_run: bool = False) -> EffectRecord:
        """What became of it. `killed` tells whether the kernel side has already acted on a `KillAtExec`. Raises nothing
        that the responder may raise: a failure is a record too."""
        now = self._clock.now()
        if isinstance(effect, KillAtExec):
            state = EffectState.APPLIED if killed else EffectState.DRY_RUN
            return EffectRecord(effect=effect, state=state, time=now, detail=DONE_IN_KERNEL if killed else ONLY_COMPUTED)
        if effect.expires and now > effect.expires:
            return EffectRecord(effect=effect, state=EffectState.REFUSED, time=now, detail=EXPIRED)
        if isinstance(effect, KillProcess) and effect.pid in self._protected:
            return EffectRecord(effect=effect, state=EffectState.REFUSED, time=now, detail=GUARDED)
        if dry_run:
            return EffectRecord(effect=effect, state=EffectState.DRY_RUN, time=now, detail=effect.blast_radius)
        try:
            self._call(effect)
        except ResponderError as error:
            return EffectRecord(
                effect=effect, state=EffectState.FAILED, time=self._clock.now(), detail=Text(str(error), str(error))
            )
        return EffectRecord(effect=effect, state=EffectState.APPLIED, time=self._clock.now(), detail=DONE)

    def _call(self, effect: KillProcess | PauseContainer | ResumeContainer) -> None:
        match effect:
            case KillProcess():
                self._responder.kill_process(effect)
            case PauseContainer():
                self._responder.pause_container(effect)
            case ResumeContainer():
                self._responder.resume_container(effect)
            case _:
                assert_never(effect)
