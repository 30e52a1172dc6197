"""`periderm worker` as a process."""

from __future__ import annotations

from pathlib import Path

from tests.cli.processes import environment, eventually, get, running


def test_it_says_that_it_is_alive(tmp_path: Path) -> None:
    """A worker beside a server is seen by it, and SIGTERM ends it with 0."""
    env = environment(tmp_path / "state")
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/overview"))
        with running("worker", env=env):
            beats = eventually(lambda: get(env, "/api/v1/overview")["heartbeats"])
    assert [b["role"] for b in beats] == ["worker"]


def test_it_waits_for_a_server(tmp_path: Path) -> None:
    """Started before its server it waits, and what it has to say arrives later."""
    env = environment(tmp_path / "state")
    with running("worker", env=env), running("server", env=env):
        beats = eventually(lambda: get(env, "/api/v1/overview")["heartbeats"])
    assert beats[0]["role"] == "worker"
