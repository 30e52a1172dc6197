"""Turns effects into port calls, behind the guards that no policy can switch off. Decides nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import assert_never

from periderm.engines.runtime.guards import guarded
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    EffectRecord,
    EffectState,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
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
    "Refused: the product never acts on itself, on pid 1 or on the container runtime. {why}",
    "已拒绝：本产品绝不对自身、1 号进程或容器运行时采取动作。{why}",
)
UNDER_WAY = Text("Under way.", "正在执行。")
NOTHING = Text("", "")


class Interpreter:
    """`protected` are pids that are never hit, whatever asks: the product's own processes, besides pid 1. `held_back` says
    why nothing may be done at all (an exempt workload), None if it may; `events` gives what a capture takes of history as
    JSON lines."""

    def __init__(
        self,
        responder: Responder,
        clock: Clock,
        protected: frozenset[int] = frozenset(),
        *,
        held_back: Callable[[Effect], Text | None] = lambda _: None,
        events: Callable[[CaptureForensics], bytes] = lambda _: b"",
    ) -> None:
        self._responder = responder
        self._clock = clock
        self._protected = protected | {1, os.getpid(), os.getppid()}
        self.held_back = held_back
        self.events = events
        # Given by who runs what takes long on a thread of its own; True if it was taken over.
        self.later: Callable[[Effect], bool] = lambda _: False
        # Told of every record, so that what is done for a time can be undone when it is over.
        self.note: Callable[[EffectRecord], None] = lambda _: None

    def carry_out(self, effect: Effect, *, killed: bool = False, dry_run: bool = False) -> EffectRecord:
        """What became of it. `killed` tells whether the kernel side has already acted on a `KillAtExec`. Raises nothing
        that the responder may raise: a failure is a record too."""
        if isinstance(effect, KillAtExec):
            state = EffectState.APPLIED if killed else EffectState.DRY_RUN
            return self._record(effect, state, DONE_IN_KERNEL if killed else ONLY_COMPUTED)
        if (why := self._refusal(effect)) is not None:
            return self._record(effect, EffectState.REFUSED, why)
        if dry_run:
            return self._record(effect, EffectState.DRY_RUN, effect.blast_radius)
        if self.later(effect):
            return self._record(effect, EffectState.ORDERED, UNDER_WAY)
        return self.act(effect)

    def act(self, effect: Effect) -> EffectRecord:
        """Carries it out now, on this thread; the guards are asked again, since time may have passed."""
        if (why := self._refusal(effect)) is not None:
            return self._record(effect, EffectState.REFUSED, why)
        try:
            record = self._record(effect, EffectState.APPLIED, self._call(effect))
        except ResponderError as error:
            record = self._record(effect, EffectState.FAILED, Text(str(error), str(error)))
        self.note(record)
        return record

    def _refusal(self, effect: Effect) -> Text | None:
        if effect.expires and self._clock.now() > effect.expires:
            return EXPIRED
        if isinstance(effect, ResumeContainer | ReconnectContainer | RestoreFile | CaptureForensics):
            return None  # taking back and looking hurt nobody
        if isinstance(effect, KillProcess | KillTree) and effect.pid in self._protected:
            return GUARDED.fill(why="")
        if (held := self.held_back(effect)) is not None:
            return held
        try:
            reasons = [guarded(t, self._protected) for t in self._responder.targets(effect)]
        except ResponderError as error:
            return Text(str(error), str(error))
        why = next((reason for reason in reasons if reason is not None), None)
        return Text(GUARDED.en.format(why=why.en), GUARDED.zh.format(why=why.zh)) if why is not None else None

    def _record(self, effect: Effect, state: EffectState, detail: Text) -> EffectRecord:
        return EffectRecord(effect=effect, state=state, time=self._clock.now(), detail=detail)

    def _call(self, effect: Effect) -> Text:
        done: Text | None = None
        match effect:
            case KillAtExec():
                done = DONE_IN_KERNEL
            case KillProcess():
                self._responder.kill_process(effect)
            case PauseContainer():
                self._responder.pause_container(effect)
            case ResumeContainer():
                self._responder.resume_container(effect)
            case KillTree():
                done = self._responder.kill_tree(effect)
            case KillContainer():
                done = self._responder.kill_container(effect)
            case IsolateContainer():
                done = self._responder.isolate_container(effect)
            case ReconnectContainer():
                done = self._responder.reconnect_container(effect)
            case QuarantineFile():
                done = self._responder.quarantine_file(effect)
            case RestoreFile():
                done = self._responder.restore_file(effect)
            case CaptureForensics():
                done = self._responder.capture_forensics(effect, self.events(effect))
            case _:
                assert_never(effect)
        return done or DONE
