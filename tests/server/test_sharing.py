"""Whoever asks much at once waits for their own turn, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from periderm.server import sharing
from periderm.server.sharing import AT_ONCE, MOST_WAITING, Sharing


class Held:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.most = 0
        self.go = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside.append(scope["path"])
        self.most = max(self.most, len(self.inside))
        await self.go.wait()
        self.inside.remove(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})


def scope(path: str = "/api/v1/incidents", address: str = "127.0.0.1", **headers: str) -> dict[str, Any]:
    """A request."""
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "path": path, "headers": pairs, "client": (address, 1)}


async def ask(app: Sharing, asked: dict[str, Any]) -> int:
    """The status of an answer."""
    told: list[Any] = []

    async def send(message: Any) -> None:
        told.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await app(asked, receive, send)
    status: int = told[0]["status"]
    return status


async def settled() -> None:
    """Everything that can go on has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_one_asker_has_a_part_of_the_threads_and_others_the_rest() -> None:
    """By session, by token, by address; all are answered in the end, and nothing is remembered of them."""

    async def run() -> None:
        held = Held()
        app = Sharing(held, "s")
        askers = [{"cookie": "s=ada"}, {"cookie": "s=bo"}, {"authorization": "Bearer x"}, {}]
        asked = [asyncio.ensure_future(ask(app, scope(**headers))) for headers in askers for _ in range(AT_ONCE * 3)]
        await settled()
        assert len(held.inside) == AT_ONCE * len(askers)
        held.go.set()
        assert set(await asyncio.gather(*asked)) == {200}
        assert app.turns == {}

    asyncio.run(run())


def test_who_has_too_many_waiting_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """503, at once; others are not."""
    monkeypatch.setattr(sharing, "MOST_WAITING", 3)

    async def run() -> None:
        held = Held()
        app = Sharing(held, "s")
        asked = [asyncio.ensure_future(ask(app, scope(cookie="s=ada"))) for _ in range(AT_ONCE + 3)]
        await settled()
        assert await ask(app, scope(cookie="s=ada")) == 503
        other = asyncio.ensure_future(ask(app, scope(cookie="s=bo")))
        await settled()
        assert len(held.inside) == AT_ONCE + 1
        held.go.set()
        assert set(await asyncio.gather(*asked, other)) == {200}

    asyncio.run(run())
    assert MOST_WAITING > 40  # a page's own requests, and a test's forty


def test_guesses_of_passwords_share_their_address() -> None:
    """A cookie of one's own making gives no share of its own there."""

    async def run() -> None:
        held = Held()
        app = Sharing(held, "s")
        asked = [asyncio.ensure_future(ask(app, scope("/sign-in", cookie=f"s=guess{i}"))) for i in range(30)]
        elsewhere = asyncio.ensure_future(ask(app, scope("/sign-in", "192.0.2.9")))
        await settled()
        assert len(held.inside) == AT_ONCE + 1
        held.go.set()
        await asyncio.gather(*asked, elsewhere)

    asyncio.run(run())


@pytest.mark.parametrize("path", ["/static/a.js", "/healthz", "/api/v1/events", "/api/v1/internal/orders", "/api/v1/ingest"])
def test_what_is_quick_or_bounded_elsewhere_takes_no_turn(path: str) -> None:
    """However many there are."""

    async def run() -> None:
        held = Held()
        asked = [asyncio.ensure_future(ask(Sharing(held, "s"), scope(path))) for _ in range(AT_ONCE * 4)]
        await settled()
        assert held.most == AT_ONCE * 4
        held.go.set()
        await asyncio.gather(*asked)

    asyncio.run(run())


def test_who_goes_away_gives_the_turn_back() -> None:
    """Served or waiting."""

    async def run() -> None:
        held = Held()
        app = Sharing(held, "s")
        asked = [asyncio.ensure_future(ask(app, scope(cookie="s=ada"))) for _ in range(AT_ONCE + 5)]
        await settled()
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        assert app.turns == {}

    asyncio.run(run())
