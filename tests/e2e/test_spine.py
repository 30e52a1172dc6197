"""The whole river on the real thing: a real image, a real container, a real kernel sensor, one incident."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.root, pytest.mark.container, pytest.mark.slow]

PINS = Path("/sys/fs/bpf")
RUNNING = 1200


def environment(state: Path) -> dict[str, str]:
    """A state, a cache and a port of its own; the sample's own cache is shared, so that it is built once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        **os.environ,
        "PERIDERM_STATE": str(state),
        "PERIDERM_PORT": str(port),
        "PERIDERM_PINS": str(PINS / f"periderm-test-{os.getpid()}"),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
    }


def periderm(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end."""
    argv = [sys.executable, "-m", "periderm", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=RUNNING, check=False)


def left_behind(env: dict[str, str]) -> list[str]:
    """Whatever of the product is still there: pins, processes, the sample's container."""
    found = [str(p) for p in [Path(env["PERIDERM_PINS"])] if p.exists()]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = (entry / "environ").read_bytes().split(b"\0")
                if f"PERIDERM_STATE={env['PERIDERM_STATE']}".encode() in words:
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    listed = subprocess.run(
        ["podman", "ps", "-a", "--filter", "name=^periderm-sample$", "--format", "{{.Names}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found + listed.stdout.split()


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], subprocess.CompletedProcess[str]]:
    """The sample's story, told once for the tests of this file."""
    env = environment(tmp_path_factory.mktemp("spine") / "state")
    return env, periderm("up", "--sample", "--once", "--normal-seconds", "8", env=env)


def test_all_five_points_hold(told: tuple[dict[str, str], subprocess.CompletedProcess[str]]) -> None:
    """Found, scanned, quiet, attacked, one incident: and the exit status says so."""
    _, done = told
    assert done.returncode == 0, done.stdout + done.stderr
    for number in range(1, 6):
        assert f"{number}/5 " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_nothing_is_left_behind(told: tuple[dict[str, str], subprocess.CompletedProcess[str]]) -> None:
    """After the story no pin, process or container of the product is there."""
    env, _ = told
    assert left_behind(env) == []


def as_json(env: dict[str, str], *arguments: str) -> Any:
    """What a command prints as JSON."""
    done = periderm(*arguments, "--json", env=env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_incident_leads_from_the_shell_to_the_image(
    told: tuple[dict[str, str], subprocess.CompletedProcess[str]],
) -> None:
    """The stored incident has the whole chain, the kill, and the findings of the image that made it possible."""
    env, _ = told
    # Whatever else happens on the machine that runs the tests is the host's, and no part of this incident.
    listed = [i for i in as_json(env, "incidents")["items"] if i["container_name"] == "periderm-sample"]
    assert len(listed) == 1
    incident = listed[0]
    assert {"RUN-002", "RUN-005", "RUN-010", "RUN-054"} <= {step["detector"] for step in incident["chain"]}
    assert incident["stopped"] is True
    assert incident["findings"]
    assert incident["container_name"] == "periderm-sample"
    tactics = [step["tactic"] for step in incident["chain"]]
    assert len(set(tactics)) >= 3
    exes = {process["exe"] for process in incident["processes"]}
    assert any(exe.endswith("lighttpd") for exe in exes)


@contextlib.contextmanager
def running(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`periderm up` in the background; ended as Ctrl-C does."""
    argv = [sys.executable, "-m", "periderm", "up"]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=300)


def wait_for(env: dict[str, str], role: str, *, but: int = 0) -> int:
    """The pid of a role's process once it has said that it is alive."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        done = periderm("status", "--json", env=env)
        if done.returncode == 0:
            for beat in json.loads(done.stdout)["processes"]:
                if beat["role"] == role and beat["pid"] != but:
                    return int(beat["pid"])
        time.sleep(0.3)
    raise AssertionError(f"no {role} in five minutes")


def test_a_killed_agent_comes_back(tmp_path: Path) -> None:
    """`kill -9` of the agent: the supervisor starts it again, and Ctrl-C afterwards leaves nothing behind."""
    env = environment(tmp_path / "state")
    with running(env):
        pid = wait_for(env, "agent")
        os.kill(pid, signal.SIGKILL)
        assert wait_for(env, "agent", but=pid) != pid
    assert left_behind(env) == []


def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    """`kill -9` of `periderm up` itself: its children end, and `doctor --clean` removes what is left in the kernel."""
    env = environment(tmp_path / "state")
    argv = [sys.executable, "-m", "periderm", "up"]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(env, "agent")
    process.kill()
    process.wait(60)
    deadline = time.monotonic() + 180
    while [p for p in left_behind(env) if "periderm" in p and not p.startswith("/sys")] and time.monotonic() < deadline:
        time.sleep(0.3)
    # It removes nothing while the product runs anywhere on the machine, and others may try theirs just now.
    deadline = time.monotonic() + 300
    while (done := periderm("doctor", "--clean", env=env)).returncode == 2 and time.monotonic() < deadline:
        time.sleep(1)
    assert done.returncode == 0, done.stderr
    assert left_behind(env) == []
