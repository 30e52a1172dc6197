"""Starts the product's commands as real processes, in a state of their own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.free_ports import free_port


def environment(state: Path) -> dict[str, str]:
    """A state and a free port of its own."""
    return {
        **os.environ,
        "PERIDERM_STATE": str(state),
        "PERIDERM_CACHE": str(state / "cache"),
        "PERIDERM_PORT": str(free_port()),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
    }


@contextlib.contextmanager
def running(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A command in the background; SIGTERM at the end, its exit status must be 0."""
    argv = [sys.executable, "-m", "periderm", *arguments]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=180)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def get(env: dict[str, str], path: str) -> Any:
    """An answer of the API, asked as one of the product's own processes."""
    token = (Path(env["PERIDERM_STATE"]) / "service-token").read_text().strip()
    connection = http.client.HTTPConnection("127.0.0.1", int(env["PERIDERM_PORT"]), timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def eventually(ready: Callable[[], Any], seconds: float = 300) -> Any:
    """The first true answer; errors of a server that is not there yet are waited out."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, json.JSONDecodeError, KeyError):
            if found := ready():
                return found
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")
