"""What all nodes ask the server for, read from the store once for all of them and kept in memory: policies, announced sessions,
orders by node, which baselines moved when, and when the queue of scans did. A question that nothing changed for costs the
store nothing.

Waits for nothing and decides nothing; whoever asks has been let in before."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence

import msgspec

from periderm.model.effect import Effect, EffectState
from periderm.model.orders import Known, Orders
from periderm.model.policy import Policy
from periderm.model.query import Query, every
from periderm.model.session import AnnouncedSession
from periderm.ports.clock import Clock
from periderm.ports.store import Store

FRESH_NS = 200_000_000  # how old what is kept may be
BATCH = 1_000
MOST_BATCHES = 20  # of changes in one look; behind more than that all is read anew
MOST_ORDERS = 20_000
MOST_MOVED = 100_000

_encode = msgspec.msgpack.Encoder().encode


class Board:
    """Any thread may use it. `version` grows when anything on it changes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._looked = 0
        self._changes = -1  # the last that was looked at; -1: none yet
        self._policies: tuple[Policy, ...] = ()
        self._policies_version = ""
        self._sessions: tuple[AnnouncedSession, ...] = ()
        self._orders: dict[str, tuple[Effect, ...]] = {}
        self._moved: dict[str, int] = {}  # by workload, the change in which its baseline last moved
        self._forgot = 0  # before this change it is not known which moved
        self._scans = 0  # the change up to which the queue of scans was last seen to move
        self.version = 0

    def refresh(self) -> int:
        """Looks at what changed, unless it did so just now; the version. Raises StoreError."""
        with self._lock:
            now = self._clock.monotonic()
            if self._changes < 0 or now - self._looked >= FRESH_NS:
                self._look()
                self._looked = now
            return self.version

    def since(self, node_id: str, known: Known) -> Orders:
        """What this node does not know yet. Asks no store."""
        if known.scans >= 0:
            return Orders(scans=self._scans, queued=known.scans != self._scans)
        now = self._clock.now()
        sessions = tuple(session for session in self._sessions if (session.ended or session.until) > now)
        taken = frozenset(known.taken)
        learned, policies_version, sessions_version = False, self._policies_version, _version(sessions)
        if known.baselines >= 0:
            moved = self._moved
            # Behind what we remember, or before us: the store was restored from a copy.
            unknown = not self._forgot <= known.baselines <= self._changes
            learned = unknown or any(moved.get(w, -1) > known.baselines for w in known.workloads)
        return Orders(
            policies=self._policies if policies_version != known.policies else None,
            policies_version=policies_version,
            sessions=sessions if sessions_version != known.sessions else None,
            sessions_version=sessions_version,
            effects=tuple(effect for effect in self._orders.get(node_id, ()) if effect.id not in taken),
            learned=learned,
            baselines=self._changes,
        )

    def _look(self) -> None:
        """Reads what the list of changes names; everything at first, or when the list goes back to before we knew."""
        named: set[str] = set()
        whole = self._changes < 0
        for _ in range(MOST_BATCHES):
            changes = self._store.changes(max(0, self._changes), BATCH)
            if changes and self._changes >= 0 and changes[0].sequence > self._changes + 1:
                whole = True  # the store no longer holds all that we missed
            for change in changes:
                named.add(change.what)
                if change.what == "baseline" and not whole:
                    self._moved.pop(change.id, None)
                    self._moved[change.id] = change.sequence
            self._changes = changes[-1].sequence if changes else max(0, self._changes)
            if len(changes) < BATCH:
                break
        else:
            whole = True
        while len(self._moved) > MOST_MOVED:
            self._forgot = self._moved.pop(next(iter(self._moved)))
        if whole:
            self._moved, self._forgot = {}, self._changes
        self._take(named, whole=whole)

    def _take(self, named: set[str], *, whole: bool) -> None:
        if whole or "policy" in named:
            self._policies = tuple(self._store.policies())
            self._policies_version = _version(self._policies)
        if whole or "announcement" in named:
            self._sessions = tuple(self._store.announcements(self._clock.now()))
        if whole or "effect" in named:
            self._orders = self._ordered()
        if whole or "scan" in named:
            self._scans = self._changes
        self.version += bool(whole or named & {"policy", "announcement", "effect", "baseline", "scan"})

    def _ordered(self) -> dict[str, tuple[Effect, ...]]:
        """Effects that nobody has carried out, by node, oldest first."""
        found: dict[str, list[tuple[int, Effect]]] = {}
        for record in every(self._store.effects, Query(state=EffectState.ORDERED.value, limit=BATCH), MOST_ORDERS):
            if record.state is EffectState.ORDERED:
                found.setdefault(record.effect.node_id, []).append((record.time, record.effect))
        return {node: tuple(effect for _, effect in sorted(several, key=_time)) for node, several in found.items()}


def _time(timed: tuple[int, Effect]) -> int:
    return timed[0]


def _version(values: Sequence[msgspec.Struct]) -> str:
    """Another for other values."""
    return hashlib.sha256(_encode(values)).hexdigest()[:24]
