"""The door of an agent or a worker is shut unless it is asked for, is never open to a network without TLS, and ends nothing."""

from __future__ import annotations

import http.client
import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from periderm.adapters.authority_local.authority import LocalAuthority
from periderm.model.errors import UsageError
from periderm.model.event import SensorCounters
from periderm.model.settings import Settings
from periderm.server.listener import BoundedSocket
from periderm.server.run import bind
from periderm.wiring.own_door import AgentFigures, check, dropped, losses, own_door, own_state, took_order
from tests.app.test_own_state import Lab


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    (tmp_path / "state").mkdir()
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A process that says something."""
    made = Lab(tmp_path)
    yield made
    made.bus.close()


def test_no_network_without_tls(settings: Settings) -> None:
    """Said before anything starts, with what to do; so is what is no address."""
    check(settings, "", "metrics.agent")
    check(settings, "127.0.0.1:8845", "metrics.agent")
    check(settings, "[::1]:8845", "metrics.agent")
    with pytest.raises(UsageError, match=r"metrics\.agent is 0\.0\.0\.0:8845"):
        check(settings, "0.0.0.0:8845", "metrics.agent")
    with pytest.raises(UsageError, match="HOST:PORT"):
        check(settings, "8845", "metrics.worker")
    check(msgspec.structs.replace(settings, metrics_tls_cert="/x.pem"), "0.0.0.0:8845", "metrics.agent")


def test_shut_unless_it_is_asked_for(settings: Settings, lab: Lab) -> None:
    """Then nothing of it is made."""

    def never() -> object:
        raise AssertionError

    with own_door(settings, "", never):  # type: ignore[arg-type]  # it is not called
        pass
    assert lab.bus is not None


def test_it_answers_while_the_block_runs(settings: Settings, lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the token of the state, which is made if there is none, and the process's own memory and time."""
    listener = bind("127.0.0.1", 0)
    place = f"127.0.0.1:{listener.getsockname()[1]}"
    monkeypatch.setattr("periderm.server.run.bind", lambda _host, _port: listener)

    def state() -> object:
        return own_state(
            settings,
            lab.clock,
            lab.outbox,
            lab.bus,
            said=dict,
            turned=lambda: lab.turned,
            dropped=dropped(lab.outbox, lambda: {"ring": 3}),
            spool=str(settings.state),
        )

    with own_door(settings, place, state):  # type: ignore[arg-type]  # an OwnState
        token = Path(settings.metrics_token).read_text().strip()
        connection = http.client.HTTPConnection(place, timeout=180)
        connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
        told = connection.getresponse().read().decode()
        connection.close()
    assert 'periderm_dropped_total{cause="ring"} 3' in told
    assert "process_resident_memory_bytes" in told
    assert "process_cpu_seconds_total" in told


def test_a_port_that_is_taken_stops_nothing(settings: Settings, lab: Lab, caplog: pytest.LogCaptureFixture) -> None:
    """It is said in the log, and the block runs."""
    caplog.set_level(logging.ERROR)
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        own_door(settings, f"127.0.0.1:{other.getsockname()[1]}", lambda: lab.state),
    ):
        pass
    assert "nobody can ask this process how it is" in caplog.text


def test_beyond_loopback_it_is_tls(settings: Settings, lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the certificate that the settings name; plain words get no answer there."""
    from periderm.adapters.authority_local.tls import ServerTls

    authority = LocalAuthority(str(tmp_path / "ca"), lab.clock.now())
    shown = ServerTls(authority, ("localhost",), lab.clock.now)
    monkeypatch.setattr("periderm.adapters.authority_local.tls.GivenTls", lambda _cert, _key: shown)
    listener = BoundedSocket(socket.AF_INET)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    places: list[str] = []

    def bind_here(place: str) -> BoundedSocket:
        places.append(place)
        return listener

    monkeypatch.setattr("periderm.server.listener.bind_public", bind_here)
    with own_door(msgspec.structs.replace(settings, metrics_tls_cert="/x.pem"), "0.0.0.0:8845", lambda: lab.state):
        context = ssl._create_unverified_context()  # noqa: S323  # who it is does not matter here
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=180, context=context)
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
        connection.close()
    assert places == ["0.0.0.0:8845"]


def test_what_an_agent_says_is_read_by_one_thread(lab: Lab) -> None:
    """The door tells what the last heartbeat told."""
    asked: list[int] = []

    def counters() -> SensorCounters:
        asked.append(1)
        return SensorCounters(seen=5, lost=2)

    watch = SimpleNamespace(figures=lambda: {"events": 9.0})
    figures = AgentFigures(counters, watch, lab.outbox)  # type: ignore[arg-type]  # only its figures are asked
    assert figures.last == {}
    assert figures.ask()["lost"] == 2
    assert (figures.last["events"], figures.last["spooled"]) == (9.0, 0.0)
    assert len(asked) == 1


def test_what_was_lost_is_told_by_cause(lab: Lab) -> None:
    """Of parts that are there."""
    kept = SimpleNamespace(counts=lambda: {"history-unwritten": 4})
    found = losses(kept, SimpleNamespace(unshared=2), SimpleNamespace(skipped=1))()  # type: ignore[arg-type]  # their counts
    assert found == {"history-unwritten": 4, "history-unshared": 2, "content-skipped": 1}
    assert losses(None, None, None)() == {}
    assert dropped(lab.outbox)() == {"spool-refused": 0, "server-refused": 0, "restored-away": 0}
    took_order(0.5)  # where nothing counts it is no error
