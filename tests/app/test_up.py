"""One command starts everything in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.app.application import Application
from periderm.app.up import Up
from periderm.model.errors import ConnectError
from periderm.model.settings import Settings
from tests.flow.test_outbox import Server
from tests.flow.test_supervise import Clock, Processes


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Application]:
    """An application over a store of its own."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path / "cache"), port=1234)
    store = SqlStore(settings.database, SystemClock())
    yield Application(store=store, clock=SystemClock(), settings=settings)
    store.close()


class Slow(Server):
    """Answers after some questions."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience

    def policies(self) -> tuple[()]:
        self.patience -= 1
        if self.patience > 0:
            raise ConnectError("nobody answers")
        return ()


@pytest.mark.parametrize(("agent", "roles"), [(True, ["server", "worker", "agent"]), (False, ["server", "worker"])])
def test_the_server_comes_first(app: Application, agent: bool, roles: list[str]) -> None:
    """Others start when the server answers; without a sensor there is no agent, and the rest runs."""
    processes = Processes()
    up = Up(app, processes, Clock(), Slow(5), agent=agent, environment={}, tell=lambda _: None)
    up.start()
    assert [role for role, _ in processes.started] == roles
    assert up.stop() == []


def test_a_server_that_does_not_start_is_told_with_its_log(app: Application) -> None:
    """The error names the log that says why."""
    up = Up(app, Processes(), Clock(), Slow(10**9), agent=False, environment={}, tell=lambda _: None)
    with pytest.raises(ConnectError) as caught:
        up.start()
    assert "server.log" in caught.value.next_step
    up.stop()


def test_the_link_works_once(app: Application) -> None:
    """Each link is another one, at the console's address."""
    up = Up(app, Processes(), Clock(), Server(), agent=False, environment={}, tell=lambda _: None)
    first, second = up.link(), up.link()
    assert first != second
    assert first.startswith("http://127.0.0.1:1234/")
