"""`periderm server` as a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.processes import environment, eventually, get, running


def test_it_answers_and_ends_when_told(tmp_path: Path) -> None:
    """It serves its API on loopback with its own secret, and SIGTERM ends it with 0."""
    env = environment(tmp_path / "state")
    with running("server", env=env):
        overview = eventually(lambda: get(env, "/api/v1/overview"))
        assert overview["open_incidents"] == 0
    assert (tmp_path / "state" / "service-token").stat().st_mode & 0o077 == 0


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    """A port that somebody else uses is told with the way out, and no traceback."""
    env = environment(tmp_path / "state")
    with running("server", env=env):
        eventually(lambda: get(env, "/api/v1/overview"))
        argv = [sys.executable, "-m", "periderm", "server", "--state", str(tmp_path / "other")]
        second = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=180, check=False)
    assert second.returncode == 5
    assert "PERIDERM_PORT" in second.stderr
    assert "Traceback" not in second.stderr
