"""Looking at all watched registries, in turn, when it is time or when somebody says that something is new.

A registry that does not answer is a coverage gap with its since and until, never silence. Decides nothing about tags.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

import msgspec

from periderm.correlate.coverage import gap_id
from periderm.flow.look_registry import Look, LookEndedError
from periderm.flow.watch_registries import after_failure, after_success
from periderm.model.errors import ConnectError, DeniedError, FormatError, PeridermError, StoreError, UsageError
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.queue import Asked
from periderm.model.text import Text
from periderm.model.watching import LookState, RegistryCall, WatchedRegistry
from periderm.ports.clock import Clock
from periderm.ports.registry import Registry
from periderm.ports.store import Store

PERIOD_SECONDS = 1.0
ClientFor = Callable[[WatchedRegistry], Registry]
_FAILURES = (ConnectError, DeniedError, UsageError, FormatError)

_SILENT = Text(
    "The registry {registry} (watched as {name}) cannot be looked at: {why} New images in it are not known.",
    "无法检查镜像仓库 {registry}（监视名称 {name}）：{why} 其中的新镜像尚不可知。",
)
_STEP = Text(
    "Check it with `periderm registry scan {name}`; its address and credentials are in `periderm registry show {name}`.",
    "请用 `periderm registry scan {name}` 检查；其地址与凭据见 `periderm registry show {name}`。",
)

log = logging.getLogger(__name__)


def registry_asset(name: str) -> str:
    """What the gap of a watched registry speaks of: no asset of the store, and none of its ids."""
    return f"registry:{name}"


class Looks:
    """`client_for` gives what asks a registry, with its credentials. Several threads may run it: each registry is looked at
    by one at a time."""

    def __init__(self, store: Store, clock: Clock, client_for: ClientFor) -> None:
        self._store = store
        self._clock = clock
        self._client_for = client_for
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set; a look that is under way then ends before its next question."""
        self._stop = stop
        said = ""
        while not stop.is_set():
            try:
                worked = self.step()
                said = ""
            except StoreError as error:
                worked = False
                if str(error) != said:
                    said = str(error)
                    log.error("registries are not looked at: %s", error)
            except LookEndedError:
                return
            if not worked:
                stop.wait(PERIOD_SECONDS)

    def step(self) -> bool:
        """What is most urgent: a call, or a look that is due. False if there is nothing to do. Raises StoreError."""
        watches = {watch.name: (watch, state) for watch, state in self._store.registries()}
        now = self._clock.now()
        for name, calls in self._called(watches, now).items():
            if self._claim(name):
                try:
                    self._answer(*watches[name], calls)
                finally:
                    self._release(name)
                return True
        for name, (watch, state) in sorted(watches.items(), key=lambda item: item[1][1].next):
            if not watch.paused and state.next <= now and self._claim(name):
                try:
                    self._look(watch, state)
                finally:
                    self._release(name)
                return True
        return False

    def _called(self, watches: dict[str, tuple[WatchedRegistry, LookState]], now: int) -> dict[str, list[RegistryCall]]:
        """Calls by registry; those of one that is not watched any more, or is paused, end here."""
        found: dict[str, list[RegistryCall]] = {}
        ended = []
        for call in self._store.calls(now):
            watch = watches.get(call.watch)
            if watch is None or watch[0].paused:
                ended.append(call)
            else:
                found.setdefault(call.watch, []).append(call)
        if ended:
            self._store.end_calls(ended)
        return found

    def _claim(self, name: str) -> bool:
        with self._lock:
            if name in self._busy:
                return False
            self._busy.add(name)
            return True

    def _release(self, name: str) -> None:
        with self._lock:
            self._busy.discard(name)

    def _still(self) -> None:
        if self._stop.is_set():
            raise LookEndedError

    def _look(self, watch: WatchedRegistry, state: LookState, asked_by: str = "") -> None:
        """The whole registry."""
        asked = Asked.PERSON if asked_by else Asked.SCHEDULED
        state = msgspec.structs.replace(state, looking=self._clock.now())
        self._store.put_look(watch.name, state)
        try:
            found = self._made(watch, asked, asked_by).all(state)
        except _FAILURES as error:
            self._failed(watch, state, error)
        else:
            self._store.put_look(watch.name, after_success(watch, found, self._clock.now()))
            self._store.close_gap(gap_id(GapKind.REGISTRY_SILENT, registry_asset(watch.name)))

    def _answer(self, watch: WatchedRegistry, state: LookState, calls: Sequence[RegistryCall]) -> None:
        """What was said to be new. The calls end when they were looked at, so that a crash asks again."""
        whole = [call for call in calls if not call.repository]
        if whole:
            self._look(watch, state, whole[0].asked_by)
            self._store.end_calls(calls)
            return
        try:
            for call in calls:
                look = self._made(watch, Asked.PUSHED, call.asked_by)
                state = look.some(state, call.repository, call.tag)
                self._store.end_calls([call])
        except _FAILURES as error:
            # The next look at the whole registry finds what these calls were about.
            self._failed(watch, state, error)
            self._store.end_calls(calls)

    def _made(self, watch: WatchedRegistry, asked: Asked, asked_by: str) -> Look:
        return Look(watch, self._client_for(watch), self._store, self._clock, asked=asked, asked_by=asked_by, still=self._still)

    def _failed(self, watch: WatchedRegistry, state: LookState, error: PeridermError) -> None:
        now = self._clock.now()
        failed = after_failure(watch, state, str(error), now)
        log.warning("registry %s: %s", watch.name, error)
        with self._store.transaction():
            self._store.put_look(watch.name, failed)
            self._store.put_gaps([silent_gap(watch, failed, error.what)])


def silent_gap(watch: WatchedRegistry, state: LookState, why: str) -> CoverageGap:
    """That nothing is known of what is new in a registry, since when, and until when that was so."""
    return CoverageGap(
        id=gap_id(GapKind.REGISTRY_SILENT, registry_asset(watch.name)),
        kind=GapKind.REGISTRY_SILENT,
        asset_id=registry_asset(watch.name),
        message=_SILENT.fill(registry=watch.registry, name=watch.name, why=why),
        next_step=_STEP.fill(name=watch.name),
        count=state.failures,
        since=state.failing,
        until=state.tried,
        detail=watch.name,
    )
