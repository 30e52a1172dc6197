"""The door of an agent or a worker: probes are answered, figures are for the token, and there is nothing else."""

from __future__ import annotations

import dataclasses
import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from periderm.server.listener import answering
from periderm.server.own_door import KEPT_NS, MOST_CONNECTIONS, create_own_door
from periderm.server.run import bind
from tests.app.test_own_state import Lab
from tests.server.client import Client
from tests.server.sockets import Door, statuses

TOKEN = "scraper-secret"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A process with a token."""
    made = Lab(tmp_path)
    made.state = dataclasses.replace(made.state, token=TOKEN)
    yield made
    made.bus.close()


@pytest.fixture
def client(lab: Lab) -> Iterator[Client]:
    """Somebody on the machine."""
    made = Client(create_own_door(lab.state))
    yield made
    made.close()


def test_probes_are_answered_to_anyone(client: Client, lab: Lab) -> None:
    """A loop that hangs is no longer alive; answers are made once a second."""
    assert (client.get("/healthz").status, client.get("/healthz").text) == (200, "ok\n")
    answer = client.get("/readyz")
    assert (answer.status, answer.json()["ready"]) == (200, True)
    lab.ends = lab.clock.now()
    assert client.get("/readyz").status == 200
    lab.clock.sleep(KEPT_NS / 1e9)
    assert client.get("/readyz").status == 503
    lab.clock.sleep(10_000)
    assert client.get("/healthz").status == 503


def test_figures_are_for_the_token(client: Client, lab: Lab) -> None:
    """As Prometheus reads them; nobody else gets any, with whatever they send."""
    for words in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}, {"authorization": f"Basic {TOKEN}"}):
        refused = client.get("/metrics", **words)
        assert (refused.status, "periderm_" in refused.text) == (401, False)
    answer = client.get("/metrics", authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    names = {family.name for family in text_string_to_metric_families(answer.text)}
    assert names >= {"periderm_dropped", "periderm_spool_size_bytes", "periderm_server_reached", "periderm_agent_events"}


def test_they_can_be_opened(lab: Lab) -> None:
    """As the server's, by `metrics.open`; an empty token opens nothing."""
    client = Client(create_own_door(dataclasses.replace(lab.state, token="", open_to_all=lambda: True)))
    assert client.get("/metrics").status == 200
    client.close()
    shut = Client(create_own_door(dataclasses.replace(lab.state, token="")))
    assert shut.get("/metrics", authorization="Bearer ").status == 401
    shut.close()


@pytest.mark.parametrize(
    "path", ["/", "/api/v1/incidents", "/sign-in", "/metrics/", "/..%2fmetrics", "/api/v1/internal/orders"]
)
def test_there_is_nothing_else(client: Client, path: str) -> None:
    """Of the server's addresses none."""
    assert client.get(path, authorization=f"Bearer {TOKEN}").status in (307, 404)
    assert client.post("/metrics", b"x", authorization=f"Bearer {TOKEN}").status == 405


def test_on_a_real_socket_it_has_the_servers_bounds(lab: Lab) -> None:
    """Heads that are too large or say two things are refused; others are answered meanwhile."""
    listener = bind("127.0.0.1", 0)
    port = listener.getsockname()[1]
    with answering(create_own_door(lab.state), listener, None, lambda: None, connections=MOST_CONNECTIONS):
        door = Door(("127.0.0.1", port))
        huge = door.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (1 << 20))
        assert statuses(huge) in ([400], [])
        twice = b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        assert statuses(door.say(twice))[:1] == [400]
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
        asked.request("GET", "/readyz")
        assert json.loads(asked.getresponse().read())["ready"]
        asked.close()
