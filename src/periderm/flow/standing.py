"""What was done and holds: undone by itself when its time is over, also after the agent was started anew; and what takes
long is carried out here, beside the watching thread. Which response is right is not its question."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence

import msgspec

from periderm.flow.interpret import Interpreter
from periderm.flow.steady import Steady
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    EffectRecord,
    EffectState,
    Held,
    IsolateContainer,
    KillContainer,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
    Undo,
)
from periderm.model.errors import ResponderError
from periderm.model.ids import stable_id
from periderm.model.text import Text
from periderm.ports.clock import Clock

PERIOD_SECONDS = 0.5
MOST_WAITING = 1000
MOST_CAPTURES = 8
MOST_TRIES = 10
AGAIN_NS = 60 * 10**9  # an undo that failed is tried again after this
_OVER = Text("Its time is over.", "时限已到。")
_TAKEN_BACK = Text("Taken back.", "已撤销。")
# What may take longer than a batch may wait.
_LONG = (
    KillTree,
    KillContainer,
    IsolateContainer,
    ReconnectContainer,
    QuarantineFile,
    RestoreFile,
    CaptureForensics,
    ResumeContainer,
    PauseContainer,
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An effect that holds; `until` is Unix nanoseconds, 0 for until somebody undoes it."""

    effect: Held
    until: int = 0


def undo_of(effect: Held, *, decided_by: str, reason: Text, now: int, again: int = 0) -> Undo:
    """What takes an effect back. `again` tells one attempt from the next."""
    common = {
        "id": stable_id("eff", "undo", effect.id, decided_by, again),
        "node_id": effect.node_id,
        "asset_id": effect.asset_id,
        "incident_id": effect.incident_id,
        "alert_id": effect.alert_id,
        "reason": reason,
        "blast_radius": effect.blast_radius,
        "decided_by": decided_by,
        "decided_at": now,
        "undoes": effect.id,
    }
    kinds: dict[type, tuple[type[Undo], tuple[str, ...]]] = {
        PauseContainer: (ResumeContainer, ("container_id", "runtime")),
        IsolateContainer: (ReconnectContainer, ("container_id", "runtime")),
        QuarantineFile: (RestoreFile, ("container_id", "path")),
    }
    kind, fields = kinds[type(effect)]
    return msgspec.convert(common | {name: getattr(effect, name) for name in fields} | {"reason": reason}, kind)


class StandingEffects:
    """`load` and `save` keep the list; `publish` takes records of what happens here. Any thread may call `later`/`note`."""

    def __init__(
        self,
        interpreter: Interpreter,
        clock: Clock,
        publish: Callable[[Sequence[EffectRecord]], object],
        load: Callable[[], Sequence[Standing]],
        save: Callable[[Sequence[Standing]], None],
    ) -> None:
        self._interpreter = interpreter
        self._clock = clock
        self._publish = publish
        self._save = save
        self._lock = threading.Lock()
        self._waiting: queue.Queue[Effect] = queue.Queue(MOST_WAITING)
        self._capturing: Steady | None = None
        self._captures: queue.Queue[Effect] = queue.Queue(MOST_CAPTURES)  # they take long and hold nobody else up
        self._held = {each.effect.id: each for each in load()}
        self._failed: dict[str, tuple[int, int]] = {}
        interpreter.later = self.later
        interpreter.note = self.note

    def held(self) -> tuple[Standing, ...]:
        """What holds now."""
        with self._lock:
            return tuple(self._held.values())

    def later(self, effect: Effect) -> bool:
        """Takes over what is slow; False if it is not, or if too much waits."""
        if not isinstance(effect, _LONG):
            return False
        try:
            (self._captures if isinstance(effect, CaptureForensics) else self._waiting).put_nowait(effect)
        except queue.Full:
            return False
        return True

    def note(self, record: EffectRecord) -> None:
        """Remembers what holds, and forgets what was taken back."""
        if record.state is not EffectState.APPLIED:
            return
        effect, undone = record.effect, None
        with self._lock:
            if isinstance(effect, Held):
                until = record.time + effect.lasts if effect.lasts > 0 else 0
                self._held[effect.id] = Standing(effect=effect, until=until)
            elif isinstance(effect, Undo):
                undone = self._held.pop(effect.undoes, None)
            else:
                return
            kept = tuple(self._held.values())
        self._save(kept)
        if undone is not None:
            done = EffectRecord(effect=undone.effect, state=EffectState.UNDONE, time=record.time, detail=_TAKEN_BACK)
            self._publish([done])

    def run(self, stop: threading.Event) -> None:
        """Carries out what waits, and undoes what is over, until `stop` is set."""
        if self._capturing is None or not self._capturing.is_alive():  # this is called again after a fault
            self._capturing = Steady(lambda ending: self._run(ending, self._captures), stop, "captures")
            self._capturing.start()
        self._run(stop, self._waiting, self.expire)
        self._capturing.join(PERIOD_SECONDS * 4)

    def _run(self, stop: threading.Event, waiting: queue.Queue[Effect], then: Callable[[], None] = lambda: None) -> None:
        while not stop.is_set():
            try:
                effect = waiting.get(timeout=PERIOD_SECONDS)
                self._publish([self._interpreter.act(effect)])
            except queue.Empty:
                pass
            then()

    def expire(self) -> None:
        """Undoes what is over; what cannot be undone is told, and tried again a minute later."""
        now = self._clock.now()
        for each in self.held():
            tried, times = self._failed.get(each.effect.id, (0, 0))
            if not each.until or now < each.until or (tried and now - tried < AGAIN_NS) or times >= MOST_TRIES:
                continue
            undo = undo_of(each.effect, decided_by="timer", reason=_OVER, now=now, again=times)
            record = self._interpreter.act(undo)
            if record.state is EffectState.APPLIED:
                self._failed.pop(each.effect.id, None)
            else:
                self._failed[each.effect.id] = (now, times + 1)
            self._publish([record])


def release_all(
    interpreter: Interpreter, clock: Clock, held: Sequence[Standing], save: Callable[[Sequence[Standing]], None]
) -> tuple[str, ...]:
    """Takes back all that holds a container (not files in the vault); the ids. Raises ResponderError with what could not
    be taken back; what was is saved."""
    done: list[str] = []
    left = list(held)
    for each in held:
        if isinstance(each.effect, QuarantineFile):
            continue
        record = interpreter.act(undo_of(each.effect, decided_by="doctor", reason=_TAKEN_BACK, now=clock.now()))
        if record.state is not EffectState.APPLIED:
            raise ResponderError(f"{each.effect.id} cannot be taken back: {record.detail.en}", "Run it as root.")
        left.remove(each)
        save(left)
        done.append(each.effect.id)
    return tuple(done)
