"""Questions that wait hold nothing but their connection, and end with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from periderm.model.errors import StoreError
from periderm.server.waiting import Later, Waiting


def later(look: Callable[[], int], ready: Callable[[], bool], seconds: float = 60.0) -> Later:
    """One that waits long."""
    return Later(seconds, look, ready)


def test_it_ends_with_the_news() -> None:
    """Those that have none go on waiting; one look serves all."""
    board: dict[str, str] = {"version": "0", "for": ""}

    async def run() -> list[str]:
        waiting = Waiting()
        told: list[str] = []

        async def wait(name: str) -> None:
            assert await waiting.news(later(lambda: int(board["version"]), lambda: board["for"] == name), None)
            told.append(name)

        tasks = [asyncio.create_task(wait(name)) for name in ("a", "b")]
        while waiting.waiting < 2:
            await asyncio.sleep(0)
        board.update({"version": "1", "for": "b"})
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        first = list(told)
        board.update({"version": "2", "for": "a"})
        await asyncio.gather(*tasks)
        assert waiting.waiting == 0
        return first

    assert asyncio.run(run()) == ["b"]


def test_it_ends_with_its_connection_or_its_time() -> None:
    """The first says that nobody is there any more; the second that the handler is to answer."""

    async def run() -> tuple[bool, bool, bool]:
        waiting = Waiting()
        ending = asyncio.Event()
        task = asyncio.create_task(waiting.news(later(lambda: 1, lambda: False), ending))
        while not waiting.waiting:
            await asyncio.sleep(0)
        ending.set()
        gone = await task
        over = await waiting.news(later(lambda: 1, lambda: False, 0.01), None)
        at_once = await waiting.news(later(lambda: 1, lambda: True), None)
        return gone, over, at_once

    assert asyncio.run(run()) == (False, True, True)


def test_a_store_that_refuses_is_asked_again() -> None:
    """Who waits goes on waiting."""
    answers = [0, 1]

    def look() -> int:
        if answers:
            answers.pop()
            raise StoreError("the disk is ill")
        return 5

    async def run() -> bool:
        return await Waiting().news(later(look, lambda: not answers), None)

    assert asyncio.run(run())
