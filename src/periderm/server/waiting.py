"""Questions that wait for their answer: they hold a connection and nothing else, until there is news, their time is over, the
caller is gone or the server ends. Knows nothing of what is waited for."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

import anyio.to_thread
import msgspec

from periderm.model.errors import PeridermError

LOOK_SECONDS = 0.25
ENDING = "ending"  # in a scope's state: an asyncio.Event, set when the connection or the server ends

log = logging.getLogger(__name__)


class Later(msgspec.Struct, frozen=True):
    """What a handler returns that has no answer yet. `look` may block and tells a number that another means news by; `ready`
    says from memory whether this caller has any. After `seconds` the handler is asked once more, and then answers."""

    seconds: float
    look: Callable[[], int]
    ready: Callable[[], bool]


class Waiting:
    """For one event loop. One task looks for all who wait with the same table, and ends when nobody does."""

    def __init__(self) -> None:
        self.waiting = 0
        self._news = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def news(self, later: Later, ending: asyncio.Event | None) -> bool:
        """Returns when there is news for this caller or the time is over; False if the connection ends."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + later.seconds
        over = asyncio.create_task((ending or asyncio.Event()).wait())
        self.waiting += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(later.look))
        try:
            while not later.ready() and (left := deadline - loop.time()) > 0:
                come = asyncio.create_task(self._news.wait())
                try:
                    await asyncio.wait((come, over), timeout=left, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    come.cancel()
                if over.done():
                    return False
            return True
        finally:
            self.waiting -= 1
            over.cancel()

    async def _look(self, look: Callable[[], int]) -> None:
        seen: int | None = None
        while self.waiting:
            found = seen
            with contextlib.suppress(PeridermError):  # a store that refuses is asked again; who waits goes on waiting
                found = await anyio.to_thread.run_sync(look)
            if found != seen:
                seen = found
                self._news.set()
                self._news = asyncio.Event()
            await asyncio.sleep(LOOK_SECONDS)
