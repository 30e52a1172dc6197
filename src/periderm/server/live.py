"""Server-sent events: tells pages that something changed, not what it is now. A page asks again for what it shows.

One watcher asks the store; pages wait for it. A page that comes back says the last number it saw and misses nothing, or
is told `reset` when the store no longer holds what it missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

import anyio
import anyio.to_thread
import msgspec

from periderm.model.errors import LimitError, PeridermError, StoreError
from periderm.model.query import Change

POLL_SECONDS = 0.25
HEARTBEAT_SECONDS = 15.0
MOST_READERS = 64
MOST_OF_ONE = 16  # of one person, so that one does not take all
BATCH = 500

Fetch = Callable[[int, int], Sequence[Change]]


class Feed:
    """`fetch(after, limit)` gives changes, oldest first, and may block. Used on one event loop."""

    def __init__(self, fetch: Fetch, stopping: Callable[[], bool] = lambda: False) -> None:
        self._fetch = fetch
        self.stopping = stopping
        self.last = 0
        self.readers = 0
        self.held: Counter[str] = Counter()  # by who reads
        self._news = anyio.Event()

    async def refresh(self) -> int:
        """The newest number there is. Raises StoreError."""
        while changes := await anyio.to_thread.run_sync(self._fetch, self.last, BATCH):
            self._advance(changes[-1].sequence)
            if len(changes) < BATCH:
                break
        return self.last

    def _advance(self, sequence: int) -> None:
        if sequence > self.last:
            self.last = sequence
            self._news.set()
            self._news = anyio.Event()

    async def watch(self) -> None:
        """Looks for news as long as somebody reads; runs until it is cancelled."""
        while True:
            await anyio.sleep(POLL_SECONDS)
            if self.stopping():
                self._news.set()
            elif self.readers:
                try:
                    await self.refresh()
                except PeridermError:
                    # Pages stay connected and show what they have; the next round asks again.
                    continue

    async def follow(
        self,
        after: int | None,
        shown: Callable[[Change], Change] = lambda change: change,
        still: Callable[[], bool] = lambda: True,
        name: str = "",
    ) -> AsyncIterator[bytes]:
        """Events for one page, from after `after` on (None: only what comes), each as `shown` says; ends when `still` is
        false, which may block and is asked now and then. `name` is who reads. Raises LimitError when too many read."""
        if self.readers >= MOST_READERS or self.held[name] >= (MOST_OF_ONE if name else MOST_READERS):
            raise LimitError(f"{MOST_READERS} pages are live already.", "Close one, or reload this page by hand.")
        self.readers += 1
        self.held[name] += 1
        try:
            yield b"retry: 2000\n\n"
            if after is None or after > self.last:
                after = await self._newest(after)
            asked = anyio.current_time()
            while not self.stopping():
                if anyio.current_time() - asked >= HEARTBEAT_SECONDS:
                    asked = anyio.current_time()
                    if not await anyio.to_thread.run_sync(still):
                        return
                news = self._news
                try:
                    changes = await anyio.to_thread.run_sync(self._fetch, after, BATCH)
                except StoreError:
                    changes = ()
                if changes:
                    if changes[0].sequence > after + 1:
                        yield f"id: {changes[0].sequence - 1}\nevent: reset\ndata: {{}}\n\n".encode()
                    yield b"".join(event(shown(change)) for change in changes)
                    after = changes[-1].sequence
                    if len(changes) == BATCH:
                        continue
                with anyio.move_on_after(HEARTBEAT_SECONDS) as scope:
                    await news.wait()
                if scope.cancelled_caught:
                    yield b": still here\n\n"
        finally:
            self.readers -= 1
            self.held[name] -= 1
            self.held += Counter()  # nobody is remembered

    async def _newest(self, after: int | None) -> int:
        """Where a page begins that is new, or that saw another database's numbers (greater than any here)."""
        try:
            newest = await self.refresh()
        except StoreError:
            return self.last if after is None else after
        return newest if after is None else min(after, newest)


class _Data(msgspec.Struct, frozen=True):
    what: str
    id: str
    time: int


def event(change: Change) -> bytes:
    """One event on the wire; JSON has no line breaks, so nothing foreign can end it early."""
    data = msgspec.json.encode(_Data(change.what, change.id, change.time))
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.sequence, data)
