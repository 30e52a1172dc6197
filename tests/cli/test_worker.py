"""`periderm worker` as a process."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path

from tests.cli.processes import environment, eventually, get, running


def roles(env: dict[str, str]) -> set[str]:
    """Whose processes the server has heard of."""
    return {beat["role"] for beat in get(env, "/api/v1/overview")["heartbeats"]}


def test_it_says_that_it_is_alive(tmp_path: Path) -> None:
    """A worker beside a server is seen by it, and SIGTERM ends it with 0."""
    env = environment(tmp_path / "state")
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/overview"))
        with running("worker", env=env):
            assert eventually(lambda: "worker" in roles(env))


def test_it_waits_for_a_server(tmp_path: Path) -> None:
    """Started before its server it waits, and what it has to say arrives later."""
    env = environment(tmp_path / "state")
    with running("worker", env=env), running("server", env=env):
        assert eventually(lambda: "worker" in roles(env))


def test_it_says_how_it_is_where_it_was_told_to(tmp_path: Path) -> None:
    """To a probe of its machine: alive and ready as soon as its loop turns, server or not."""
    env = environment(tmp_path / "state")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    with running("worker", env={**env, "PERIDERM_METRICS_WORKER": place}):

        def ready() -> bool:
            connection = http.client.HTTPConnection(place, timeout=180)
            try:
                connection.request("GET", "/readyz")
                answer = connection.getresponse()
                found = json.loads(answer.read())
                return answer.status == 200 and found["checks"]["server"] == "does not answer"
            finally:
                connection.close()

        assert eventually(ready, 300)
