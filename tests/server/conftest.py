"""A server over a real store and spool, and clients for it: signed in, the service, a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from periderm.adapters.bus_local.bus import LocalBus
from periderm.app.application import Application
from periderm.app.sign_in import make_sign_in_link
from periderm.console import assets
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.create import create_server
from tests.scanned import tell_scans
from tests.server.client import HOST, Client
from tests.story import FixedClock, application, tell
from tests.templates import tell_at_once
from tools.build_assets import build

TOKEN = "service-secret"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> assets.Assets:
    """The console's assets, built for this run."""
    folder = tmp_path_factory.mktemp("assets")
    build(target=folder)
    return assets.load(folder)


@pytest.fixture
def clock() -> FixedClock:
    """Goes only when the test moves it."""
    return FixedClock()


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock) -> Iterator[Application]:
    """Nothing has been seen yet."""
    bus = LocalBus(str(tmp_path / "spool"))
    app = application(tmp_path, clock, bus)
    yield app
    bus.close()
    app.store.close()


@pytest.fixture
def told(empty: Application) -> Application:
    """The shop has been attacked."""
    tell_at_once(empty, tell)
    return empty


@pytest.fixture
def scanned(empty: Application) -> Application:
    """The shop has been attacked, and its images were scanned."""
    tell_at_once(empty, tell, tell_scans)
    return empty


@pytest.fixture
def server(empty: Application, built: assets.Assets) -> Starlette:
    """The server over the same application that `told` fills."""
    return create_server(empty, TOKEN, built=built)


@pytest.fixture
def stranger(server: Starlette) -> Iterator[Client]:
    """Somebody on this machine who has no session."""
    client = Client(server)
    yield client
    client.close()


@pytest.fixture
def service(server: Starlette) -> Iterator[Client]:
    """An agent or a worker."""
    client = Client(server, authorization=f"Bearer {TOKEN}")
    yield client
    client.close()


@pytest.fixture
def person(server: Starlette, empty: Application) -> Iterator[Client]:
    """Somebody who signed in with a link, in a browser."""
    client = Client(server, origin=f"http://{HOST}")
    link = make_sign_in_link(empty, LOCAL_ADMIN, "ada")
    answer = client.get(link.removeprefix(empty.settings.url))
    assert answer.status == 303
    client.headers["cookie"] = answer.cookies[0].partition(";")[0]
    yield client
    client.close()
