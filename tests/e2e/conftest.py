"""A real server on loopback and a real Chromium that signs in with a link."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.create import create_server
from periderm.server.run import bind
from tests.settings_told import Place, told_settings
from tests.story import application
from tools.build_assets import build

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from periderm.ports.history import History

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
LONG = 180.0  # s; how long whatever is waited for may take on a busy machine, where it costs nothing that it came sooner


@dataclass
class Site:
    """A running console: its application, its address, and what browsers complained about."""

    app: Application
    url: str
    open: Callable[..., Page]
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def leave(self) -> None:
        """Closes every page; the server goes on. What they complained about is forgotten."""
        while self.contexts:
            self.contexts.pop().close()
        self.complaints.clear()
        self.requests.clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the tests of a file."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=LONG * 1000)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> assets.Assets:
    """The console's assets, built for this run."""
    folder = tmp_path_factory.mktemp("assets")
    build(target=folder)
    return assets.load(folder)


@pytest.fixture
def history(request: pytest.FixtureRequest) -> History | None:
    """What was seen in the past: nothing is kept, unless a test gives something (`indirect`)."""
    return getattr(request, "param", None)


@pytest.fixture
def site(tmp_path: Path, browser: Browser, built: assets.Assets, history: History | None) -> Iterator[Site]:
    """A server with an empty store; `open(path, **context)` gives a page that is signed in."""
    with running(tmp_path, browser, built, history) as found:
        yield found


@contextlib.contextmanager
def running(folder: Path, browser: Browser, built: assets.Assets, history: History | None = None) -> Iterator[Site]:
    """The same, for as long as a test file likes."""
    import uvicorn

    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    app = application(folder, SystemClock(), port=port)  # type: ignore[arg-type]  # any clock will do
    app = msgspec.structs.replace(app, history=history)
    app = told_settings(app, Place(), {"PERIDERM_HISTORY_DAYS": "7"}, {"PERIDERM_HISTORY_MIB": "4000"})
    box: list[uvicorn.Server] = []
    asgi = create_server(app, "token", built=built, stopping=lambda: bool(box) and box[0].should_exit)
    config = uvicorn.Config(asgi, log_level="error", ws="none", lifespan="on", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    box.append(server)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    found = Site(app, app.settings.url, lambda *_a, **_k: None)  # type: ignore[arg-type]  # set below

    def open_page(path: str = "/", *, signed: bool = True, **options: object) -> Page:
        context = browser.new_context(**{"locale": "en-GB", **options})  # type: ignore[arg-type]  # as Playwright has them
        found.contexts.append(context)
        context.set_default_timeout(LONG * 1000)
        context.set_default_navigation_timeout(LONG * 1000)
        page = context.new_page()
        page.on("console", lambda m: found.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: found.complaints.append(str(e)))
        page.on("dialog", lambda d: found.complaints.append(d.message))
        page.on("request", lambda r: found.requests.append(r.url))
        if signed:
            page.goto(make_sign_in_link(app, LOCAL_ADMIN, "ada"))
        page.goto(app.settings.url + path)
        return page

    found.open = open_page
    try:
        yield found
    finally:
        found.leave()
        server.should_exit = True
        thread.join(LONG)
        listener.close()
        app.store.close()
        assert not thread.is_alive()
