"""History on the real thing: what a real agent saw is there while it runs, after it was killed, and after the next one."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.test_spine import environment, periderm

pytestmark = [pytest.mark.root, pytest.mark.slow]

PATIENCE = 300.0


@contextlib.contextmanager
def agent(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A running agent that has loaded its programs; it is asked to stop at the end, if nobody killed it."""
    process = subprocess.Popen([sys.executable, "-m", "periderm", "agent", "--quiet"], env=env)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(180)


def seen(env: dict[str, str], marker: str) -> list[dict[str, Any]]:
    """Execs with this among their arguments."""
    asked = periderm("events", "--kind", "exec", "--text", marker, "--format", "json", env=env)
    assert asked.returncode in (0, 4), asked.stderr
    rows = [json.loads(line) for line in asked.stdout.splitlines()]
    return [row for row in rows if row["process"]["cmd_line"] == f"/bin/echo {marker}"]


def run_until_seen(env: dict[str, str], marker: str) -> dict[str, Any]:
    """Runs a program with this argument until the history tells of it (the agent needs a moment to load)."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        subprocess.run(["/bin/echo", marker], check=True, stdout=subprocess.DEVNULL)
        time.sleep(1.5)
        if rows := seen(env, marker):
            return rows[0]
    raise AssertionError(f"{marker} was never in the history")


def test_what_was_seen_outlives_the_agent(tmp_path: Path) -> None:
    """Live in another process, after kill -9, in partitions, and beside what the next agent sees."""
    env = environment(tmp_path / "state")
    pins = Path(env["PERIDERM_PINS"])
    try:
        with agent(env) as process:
            row = run_until_seen(env, "first-marker")
            assert row["class_uid"] == 1007
            assert row["actor"]["process"]["file"]["name"] in ("echo", "coreutils", "busybox")
            process.send_signal(signal.SIGKILL)
            process.wait(180)
        before = len(seen(env, "first-marker"))
        assert before >= 1
        kept = periderm("events", "keep", env=env)
        assert kept.returncode == 0, kept.stderr
        info = json.loads(periderm("events", "info", "--json", env=env).stdout)
        assert info["waiting_rows"] == 0
        assert info["by_kind"]["process"] >= before
        assert len(seen(env, "first-marker")) == before
        with agent(env):
            run_until_seen(env, "second-marker")
            # What the first had not read when it was killed waited in the kernel for the second.
            assert len(seen(env, "first-marker")) >= before
        assert seen(env, "second-marker")
    finally:
        shutil.rmtree(pins, ignore_errors=True)


def test_history_can_be_switched_off(tmp_path: Path) -> None:
    """Then the agent watches and writes none."""
    env = {**environment(tmp_path / "state"), "PERIDERM_HISTORY": "off"}
    spool = tmp_path / "state" / "spool" / "agent"
    deadline = time.monotonic() + PATIENCE
    with agent(env):
        while not spool.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
        time.sleep(3)
    assert spool.exists()
    assert not (tmp_path / "state" / "history").exists()
