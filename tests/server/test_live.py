"""Events: nothing missed, nothing twice, a bounded number of readers, and an end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence

import pytest

from periderm.model.errors import LimitError, StoreError
from periderm.model.query import Change
from periderm.server import live
from periderm.server.live import MOST_OF_ONE, MOST_READERS, Feed, event


class Log:
    """Changes in memory; `failing` stands for a store that does not answer, `kept_from` for what it forgot."""

    def __init__(self, count: int) -> None:
        self.changes = [Change(i, "incident", f"inc-{i}", i) for i in range(1, count + 1)]
        self.failing = False
        self.kept_from = 0

    def add(self) -> None:
        """One more."""
        number = len(self.changes) + 1
        self.changes.append(Change(number, "incident", f"inc-{number}", number))

    def fetch(self, after: int, limit: int) -> Sequence[Change]:
        """As the store gives them."""
        if self.failing:
            raise StoreError("The store does not answer.")
        return [c for c in self.changes if c.sequence > max(after, self.kept_from)][:limit]


async def collect(feed: Feed, after: int | None, wanted: int) -> list[str]:
    """The first `wanted` events that a page gets."""
    got: list[str] = []
    stream = feed.follow(after)
    async for part in stream:
        got += [block for block in part.decode().split("\n\n") if block and not block.startswith(("retry", ":"))]
        if len(got) >= wanted:
            break
    await stream.aclose()
    return got


def number(block: str) -> int:
    """The id of an event."""
    return int(block.split("id: ")[1].split("\n", maxsplit=1)[0])


def test_a_page_that_comes_back_gets_what_it_missed() -> None:
    """From its last number on, also over many batches, in order."""
    log = Log(1203)
    got = asyncio.run(collect(Feed(log.fetch), 3, 1200))
    assert [number(b) for b in got] == list(range(4, 1204))


def test_a_new_page_gets_only_what_comes() -> None:
    """And gets it soon."""
    log = Log(5)

    async def run() -> list[str]:
        feed = Feed(log.fetch)
        waiting = asyncio.create_task(collect(feed, None, 1))
        while feed.last != 5:  # the page itself has asked what is newest: nobody watches yet
            await asyncio.sleep(0.01)
        log.add()
        watching = asyncio.create_task(feed.watch())
        got = await asyncio.wait_for(waiting, 180)
        watching.cancel()
        return got

    assert [number(b) for b in asyncio.run(run())] == [6]


def test_what_the_store_forgot_is_told() -> None:
    """A page that was away too long must draw itself anew."""
    log = Log(50)
    log.kept_from = 40
    got = asyncio.run(collect(Feed(log.fetch), 10, 2))
    assert "event: reset" in got[0]
    assert number(got[0]) == 40
    assert number(got[1]) == 41


def test_a_number_from_the_future_waits_for_the_present() -> None:
    """A page that saw another database's numbers is not deaf for ever."""
    log = Log(5)

    async def run() -> list[str]:
        feed = Feed(log.fetch)
        waiting = asyncio.create_task(collect(feed, 10**9, 1))
        while feed.last != 5:  # the page itself has asked what is newest: nobody watches yet
            await asyncio.sleep(0.01)
        log.add()
        watching = asyncio.create_task(feed.watch())
        got = await asyncio.wait_for(waiting, 180)
        watching.cancel()
        return got

    assert [number(b) for b in asyncio.run(run())] == [6]


def test_a_failing_store_ends_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """It hears the news when the store is back, and a sign of life until then."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.02)
    log = Log(5)
    log.failing = True

    async def run() -> tuple[bytes, list[str]]:
        feed = Feed(log.fetch)
        watching = asyncio.create_task(feed.watch())
        stream = feed.follow(5)
        assert (await anext(stream)).startswith(b"retry")
        alive = await asyncio.wait_for(anext(stream), 180)
        log.failing = False
        log.add()
        got: list[str] = []
        while not got:
            part = (await asyncio.wait_for(anext(stream), 180)).decode()
            got = [b for b in part.split("\n\n") if "event: change" in b]
        await stream.aclose()
        watching.cancel()
        return alive, got

    alive, got = asyncio.run(run())
    assert alive.startswith(b":")
    assert number(got[0]) == 6


def test_the_number_of_readers_is_bounded() -> None:
    """And a place is free again when a reader goes."""
    log = Log(1)

    async def run() -> None:
        feed = Feed(log.fetch)
        streams = [feed.follow(None) for _ in range(MOST_READERS)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(LimitError):
            await anext(feed.follow(None))
        await streams[0].aclose()
        assert feed.readers == MOST_READERS - 1
        for stream in streams:
            await stream.aclose()
        assert feed.readers == 0

    asyncio.run(run())


def test_one_person_does_not_take_all() -> None:
    """Others still get theirs, and what was held is free again afterwards."""

    async def run() -> None:
        feed = Feed(Log(0).fetch)
        streams = [feed.follow(None, name="user:eve") for _ in range(MOST_OF_ONE)]
        for stream in streams:
            await anext(stream)
        with pytest.raises(LimitError):
            await anext(feed.follow(None, name="user:eve"))
        other = feed.follow(None, name="user:ada")
        await anext(other)
        for stream in (*streams, other):
            await stream.aclose()
        assert not feed.held

    asyncio.run(run())


def test_streams_end_when_the_server_stops() -> None:
    """Otherwise a stop would wait for every open page."""
    log, stop = Log(1), asyncio.Event()

    async def run() -> int:
        feed = Feed(log.fetch, stop.is_set)
        watching = asyncio.create_task(feed.watch())

        async def read() -> int:
            return len([part async for part in feed.follow(None)])

        reading = asyncio.create_task(read())
        while not feed.readers:
            await asyncio.sleep(0.01)
        stop.set()
        count = await asyncio.wait_for(reading, 180)
        watching.cancel()
        return count

    assert asyncio.run(run()) == 1


def test_a_hostile_id_cannot_end_its_event() -> None:
    """Line breaks inside of values are escaped by JSON."""
    wire = event(Change(7, "incident", "a\n\ndata: {}\r\nid: 9\n\n", 1)).decode()
    assert wire.count("\n\n") == 1
    assert wire.endswith("\n\n")
    data = wire.split("data: ", 1)[1].rstrip("\n")
    assert json.loads(data)["id"] == "a\n\ndata: {}\r\nid: 9\n\n"
    assert "\r" not in wire


def test_each_reader_is_shown_what_is_theirs() -> None:
    """What one page may not know is not on its line; numbers stay, so that nothing is missed."""

    async def read() -> str:
        stream = Feed(Log(2).fetch).follow(0, lambda change: Change(change.sequence, change.what, "", change.time))
        told = "".join([(await anext(stream)).decode() for _ in range(2)])
        await stream.aclose()
        return told

    told = asyncio.run(read())
    assert "inc-" not in told
    assert "id: 2" in told


def test_a_page_ends_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever was signed out hears nothing more, though the connection was open."""
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.01)
    signed_in = [True, True, False]

    async def read() -> int:
        count = 0
        async for _ in Feed(Log(0).fetch).follow(None, still=lambda: signed_in.pop(0)):
            count += 1
        return count

    assert asyncio.run(read()) >= 1
    assert signed_in == []
