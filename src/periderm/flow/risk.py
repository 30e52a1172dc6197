"""Looks again by itself: which weaknesses a repository has now, in its newest image and in what runs; so that what was fixed is
said to be fixed, what came back is open again, and so is what was accepted for a time that is over. Judges no weakness; scans
did."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from periderm.correlate.weakness import place_of, repository_of, risk_id
from periderm.model.asset import Container, Image
from periderm.model.envelope import Record, ScanResult
from periderm.model.finding import Finding
from periderm.model.handling import PRODUCT, Comment, Handling, HandlingKind, HandlingState
from periderm.model.query import Query, every
from periderm.model.severity import Severity
from periderm.ports.clock import Clock
from periderm.ports.store import Store

GRAVE = Severity.HIGH
PAUSE_NS = 10 * 10**9  # a place is looked at once for what changes together
AT_ONCE = 20
LAPSED_NS = 60 * 10**9
MOST_WAITING = 50_000
MOST_IMAGES = 1_000
MOST_FINDINGS = 50_000
_PAGE = 1_000
_GONE = frozenset({HandlingState.FIXED, HandlingState.CLOSED})


class Risks:
    """One thread uses it. What waits is lost with the process: places are looked at again when something of them changes."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: dict[str, int] = {}  # repository or asset: since when, monotonic ns
        self._scanned: set[str] = set()
        self._running: dict[str, None] = {}
        self._asked: int | None = None  # when it was asked for what is no longer accepted, monotonic ns

    def take(self, records: Sequence[Record]) -> None:
        """Notes which places changed: an image of them was scanned, or started or ended running."""
        now = self._clock.monotonic()
        for record in records:
            if isinstance(record, ScanResult) and not record.failure:
                place = self._place(record)
                self._scanned.add(place)
            elif isinstance(record, Container) and self._news(record):
                place = repository_of(record.image_name)
            else:
                continue
            if len(self._waiting) < MOST_WAITING:
                self._waiting.setdefault(place, now)

    def _news(self, container: Container) -> bool:
        """Whether it began or ended to run; nodes tell of what runs again and again."""
        if not container.image_name or container.running is (container.id in self._running):
            return False
        if container.running:
            self._running[container.id] = None
            if len(self._running) > MOST_WAITING:
                del self._running[next(iter(self._running))]
        else:
            del self._running[container.id]
        return True

    def step(self) -> int:
        """Looks at some of the places that waited for long enough; how many."""
        now = self._clock.monotonic()
        if self._asked is None or now - self._asked >= LAPSED_NS:
            self._asked = now
            self.reopen_lapsed()
        due = [place for place, since in self._waiting.items() if now - since >= PAUSE_NS][:AT_ONCE]
        for place in due:
            del self._waiting[place]
            scanned = place in self._scanned
            self._scanned.discard(place)
            self.look(place, scanned=scanned)
        return len(due)

    def reopen_lapsed(self) -> int:
        """What was accepted until a day that has passed is open again; how many."""
        now = self._clock.now()
        lapsed = self._store.handlings(Query(state="lapsed", until=now, limit=_PAGE)).items  # more of them the next time
        if lapsed:
            with self._store.transaction():
                for handling in lapsed:
                    self._say(handling, HandlingState.REOPENED, "no longer accepted: its time is over", now)
        return len(lapsed)

    def look(self, place: str, *, scanned: bool = True) -> None:
        """One place. `scanned`: a scan looked at it since somebody said that it is closed."""
        there: dict[str, Finding] = {}
        whole = True
        for digest in self._current(place):
            for finding in self._findings(digest):
                there.setdefault(risk_id(finding, place), finding)
            whole = whole and len(there) < MOST_FINDINGS
        if not whole:  # of more than can be looked at, nothing is said to be gone
            return
        now = self._clock.now()
        with self._store.transaction():
            grave = {name: (int(f.severity), f.first_seen) for name, f in there.items() if f.severity >= GRAVE}
            self._store.put_risks(place, grave, now)
            for handling in self._handled(place):
                self._follow(handling, there.get(handling.id), now, scanned=scanned)

    def _follow(self, handling: Handling, found: Finding | None, now: int, *, scanned: bool) -> None:
        if found is None:
            if handling.state is not HandlingState.FIXED:
                self._say(handling, HandlingState.FIXED, "not found any more", now)
        elif handling.state is HandlingState.FIXED or (handling.state is HandlingState.CLOSED and scanned):
            back = msgspec.structs.replace(handling, reopened=handling.reopened + 1, subject_id=found.id)
            self._say(back, HandlingState.REOPENED, "found again", now)

    def _say(self, handling: Handling, state: HandlingState, what: str, now: int) -> None:
        self._store.put_handling(handling.said(Comment(author=PRODUCT, time=now, what=what), state=state))

    def _place(self, result: ScanResult) -> str:
        page = self._store.assets(Query(kind="image", image_digest=result.image_digest, limit=1))
        image = page.items[0] if page.items else None
        if isinstance(image, Image):
            return place_of(image, image.id)
        return result.findings[0].asset_id if result.findings else result.image_digest

    def _current(self, place: str) -> list[str]:
        """Digests of the place's newest image and of those that run; what is no repository stands for itself."""
        named = every(self._store.images, Query(text=place[:500], limit=_PAGE))
        ours = (each for each in named if each.scanned_at and repository_of(each.name) == place)
        images = list(itertools.islice(ours, MOST_IMAGES))
        newest = max(images, key=lambda each: (each.created, each.scanned_at, each.digest), default=None)
        return sorted({each.digest for each in images if each.running or each is newest}) or [place]

    def _findings(self, digest: str) -> Iterator[Finding]:
        asked = Query(image_digest=digest, limit=_PAGE) if ":" in digest else Query(asset_id=digest, limit=_PAGE)
        return every(self._store.findings, asked, MOST_FINDINGS)

    def _handled(self, place: str) -> list[Handling]:
        """All before the first changes: a change moves it to the list's beginning."""
        read = functools.partial(self._store.handlings, place=place)
        return list(every(read, Query(kind=HandlingKind.FINDING.value, limit=_PAGE)))
