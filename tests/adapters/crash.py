"""Runs a Python script as a child and kills it without a warning, again and again; also on disks that are full."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """The child finds the sources and the tests."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}


def killed(script: str, *arguments: str, after: float) -> list[list[str]]:
    """Start the script, kill -9 it `after` seconds behind its first line; its whole lines, in words. Nothing is buffered
    here, so that no line which the child wrote is missed."""
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=environment()) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        first = child.stdout.readline()
        if first:
            time.sleep(after)
        child.kill()
        rest, errors = child.communicate()
    assert first, errors.decode()
    assert b"Traceback" not in errors, errors.decode()
    whole, _, _torn = (first + rest).rpartition(b"\n")
    return [line.split() for line in whole.decode().splitlines()]


def moments(seconds: float, seed: int) -> list[float]:
    """Random waits of up to 0.2 s that together take about so long, with the start of a child counted as 0.2 s."""
    chance = random.Random(seed)
    waits: list[float] = []
    while sum(waits) + 0.2 * len(waits) < seconds:
        waits.append(chance.choice([0.0, 0.002, 0.01, chance.uniform(0, 0.2)]))
    return waits


def lives(seconds: float, seed: int, enough: Callable[[], bool]) -> Iterator[float]:
    """How long each child may go on: as `moments`, and further until there is enough, however slow the machine is."""
    yield from moments(seconds, seed)
    while not enough():
        yield 0.2


def run(script: str, *arguments: str) -> str:
    """Run the script to its end; what it printed."""
    command = [sys.executable, "-W", "error", "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_on_small_disk(script: str, folder: Path, size: str) -> str:
    """Run the script with a tmpfs of this size mounted at `folder`, in a mount namespace of its own. Needs root."""
    mount = f'mount -t tmpfs -o size={size} tmpfs "$1" && exec "$2" -W error -c "$3" "$1"'
    command = ["unshare", "-m", "--propagation", "private", "sh", "-c", mount, "sh", str(folder), sys.executable, script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
