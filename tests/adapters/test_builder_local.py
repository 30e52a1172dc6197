"""Programs run with this process's streams, end with their own status, and hear the signals that it hears."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters import builder_local
from periderm.adapters.builder_local import LocalBuilder
from periderm.model.errors import ContainerRuntimeError


def test_status_and_streams(capfd: pytest.CaptureFixture[str]) -> None:
    """Its own output, its own status; results aside where that is asked for."""
    assert LocalBuilder().run(["sh", "-c", "echo out; echo err >&2; exit 7"]) == 7
    assert capfd.readouterr() == ("out\n", "err\n")
    assert LocalBuilder().run(["sh", "-c", "echo out; kill -9 $$"], quiet_output=True) == 128 + 9
    assert capfd.readouterr() == ("", "out\n")


def test_questions() -> None:
    """Output, error and status; no input; not without end."""
    answer = LocalBuilder().ask(["sh", "-c", "cat; echo out; echo why >&2; exit 3"])
    assert (answer.status, answer.output, answer.error) == (3, b"out\n", "why")
    with pytest.raises(ContainerRuntimeError, match="did not answer"):
        LocalBuilder().ask(["sleep", "20"], seconds=0.1)


def test_an_answer_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is none."""
    monkeypatch.setattr(builder_local, "MOST", 10)
    with pytest.raises(ContainerRuntimeError, match="more than"):
        LocalBuilder().ask(["sh", "-c", "echo 12345678901234567890"])


def test_programs_that_are_not_here(tmp_path: Path) -> None:
    """Or may not be run: said, and what to do."""
    for words in (["no-such-builder-here"], [str(tmp_path)]):
        with pytest.raises(ContainerRuntimeError) as raised:
            LocalBuilder().run(words)
        assert raised.value.next_step


def test_folders_are_this_users_and_go() -> None:
    """Nobody else reads them, and they are gone afterwards; names are new each time."""
    with LocalBuilder().folder() as path:
        assert os.stat(path).st_mode & 0o077 == 0
    assert not os.path.exists(path)
    assert len({LocalBuilder().random() for _ in range(20)}) == 20


def test_signals_reach_the_builder(tmp_path: Path) -> None:
    """SIGTERM to us is SIGTERM to it: it cleans up, and its status is ours."""
    ready, cleaned = tmp_path / "ready", tmp_path / "cleaned"
    script = f"trap 'touch {cleaned}; exit 9' TERM; touch {ready}; while :; do sleep 0.05; done"
    load = "import sys; from periderm.adapters.builder_local import LocalBuilder as B"
    code = f"{load}; sys.exit(B().run(['sh', '-c', {script!r}]))"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.DEVNULL) as process:
        until = time.monotonic() + 180
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(180) == 9
    assert cleaned.exists()
