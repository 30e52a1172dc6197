"""This version's agent and worker with a server of before: it has none of the newer addresses, and everything falls back. The
server is the real one on a real socket, without those addresses."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.uplink_http import HttpUplink
from periderm.app.application import Application
from periderm.app.receive import TOPIC as INGEST
from periderm.flow.following import Following
from periderm.flow.news import News, Order, Policies
from periderm.flow.outbox import REFUSED, Outbox
from periderm.flow.progress import Progress, quiet
from periderm.flow.work import Worker
from periderm.model.envelope import ScanRequest, ScanResult, SeenEvents
from periderm.model.policy import DEFAULT_POLICY
from periderm.server.callers import Callers
from periderm.server.endpoints import http_problem, routes_for
from periderm.server.gate import Gate
from periderm.server.internal import INTERNAL, V1
from periderm.server.problems import plain, respond
from periderm.server.run import bind
from tests.flow.conftest import NODE
from tests.flow.test_work import BEAT
from tests.flow.test_work import scan as scan_it
from tests.ports.plugs import alert, effect
from tests.server.sockets import PATIENCE, served

NEWER = (f"{V1}/internal/orders", f"{V1}/internal/place")
TOKEN = "service-secret-of-43-characters-or-so-12345"


class KnowsNoRows:
    """A door whose version knows no rows of events: it refuses an envelope with them as malformed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http" or scope["path"] != f"{V1}/ingest":
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if b"seen-events" in body:
            await respond(plain(400, "Malformed", "Invalid value 'seen-events'.", ""))(scope, receive, send)
            return
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> dict[str, object]:
            return parts.pop() if parts else dict(await receive())

        await self._app(scope, again, send)


@pytest.fixture
def older(empty: Application) -> Iterator[str]:
    """Where it answers."""
    kept = tuple(endpoint for endpoint in INTERNAL if endpoint.path not in NEWER)
    app = Starlette(
        routes=routes_for(kept, empty, Callers(empty, TOKEN)),
        middleware=[Middleware(Gate, hosts=(), browsers=False), Middleware(KnowsNoRows)],
        exception_handlers={HTTPException: http_problem},
    )
    listener = bind("127.0.0.1", 0)
    with served(app, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def uplink(older: str, tmp_path: Path) -> Iterator[HttpUplink]:
    """This version's way to it."""
    (tmp_path / "token").write_text(TOKEN)
    made = HttpUplink(older, str(tmp_path / "token"))
    yield made
    made.close()


def test_it_lacks_something() -> None:
    """Else these tests would say nothing."""
    assert {endpoint.path for endpoint in INTERNAL} >= set(NEWER)


def test_what_people_decide_reaches_the_agent_all_the_same(uplink: HttpUplink, empty: Application) -> None:
    """In the words of before, asked for once a second."""
    empty.store.put_policy(DEFAULT_POLICY)
    empty.store.put_effect(effect())
    news: list[News] = []
    following = Following(uplink, effect().effect.node_id, SystemClock(), news.append)
    assert following.step() == 1.0
    assert following.step() == 1.0
    assert Policies((DEFAULT_POLICY,)) in news
    assert [each.effect.id for each in news if isinstance(each, Order)] == [effect().effect.id]


def test_what_the_agent_says_arrives_and_what_is_not_understood_holds_nothing_up(
    uplink: HttpUplink, empty: Application, tmp_path: Path
) -> None:
    """Rows of events that a machine shares are left out and counted, each second's: the disk does not fill with them."""
    assert empty.bus is not None
    empty.bus.read(INGEST, "test")
    bus = LocalBus(str(tmp_path / "agent"))
    outbox = Outbox(bus, uplink, "agent:x", keep=100)
    for number in range(3):
        outbox.put([alert(number)])
        outbox.put([SeenEvents(node_id=NODE.id, rows=1, data=b"x")])
    outbox.put([BEAT])
    while outbox.pending():
        outbox.send_some()
    assert outbox.refused == 3
    assert list(bus.read(REFUSED, "test")) == []
    assert len(empty.bus.read(INGEST, "test")) == 4
    assert outbox.send_some() == 0
    bus.close()


def test_an_idle_worker_polls_and_scans(uplink: HttpUplink, older: str, empty: Application, tmp_path: Path) -> None:
    """Also when the image comes while it has nothing to do; and it ends when it is told to."""
    bus = LocalBus(str(tmp_path / "worker"))
    asked_in_vain, scanned = threading.Event(), threading.Event()
    take = uplink.take_scan

    def taking(worker: str, *, node_id: str = "", registries: bool = True) -> ScanRequest | None:
        found = take(worker, node_id=node_id, registries=registries)
        if found is None:
            asked_in_vain.set()
        return found

    uplink.take_scan = taking  # type: ignore[method-assign]  # watched

    def scan(request: ScanRequest, progress: Progress = quiet, still: object = None) -> ScanResult:
        scanned.set()
        return scan_it(request, progress)

    waiting = HttpUplink(older, str(tmp_path / "token"))
    worker = Worker(uplink, Outbox(bus, uplink, "worker:x"), SystemClock(), scan, BEAT, waiting=waiting)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    try:
        assert asked_in_vain.wait(PATIENCE)
        node = BEAT.node_id
        empty.store.put_scan_request(
            ScanRequest(image_digest="sha256:aa", source="podman:x", reference="a", node_id=node, requested=1)
        )
        assert scanned.wait(PATIENCE)
    finally:
        stop.set()
        worker.end()
        thread.join(PATIENCE)
    assert not thread.is_alive()
    bus.close()
