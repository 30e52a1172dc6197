"""The children's logs: appended, private, and put aside when they have grown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters import processes_local
from periderm.adapters.processes_local import LocalProcesses


def say(word: str, log: Path) -> None:
    """Runs a child that writes one word into its log."""
    child = LocalProcesses((sys.executable, "-c", "import sys; print(sys.argv[1])")).start(word, [], {}, str(log))
    assert child.wait(180) == 0


def test_a_log_is_appended_to(tmp_path: Path) -> None:
    """A restart keeps what the child said before; nobody else may read it."""
    log = tmp_path / "agent.log"
    say("first", log)
    say("second", log)
    assert log.read_text() == "first\nsecond\n"
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_large_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a start a log beyond the limit becomes `.1`, and only two old ones are kept."""
    monkeypatch.setattr(processes_local, "_LOG_LIMIT", 3)
    log = tmp_path / "agent.log"
    for word in ("one!", "two!", "three!", "four!"):
        say(word, log)
    assert log.read_text() == "four!\n"
    assert (tmp_path / "agent.log.1").read_text() == "three!\n"
    assert (tmp_path / "agent.log.2").read_text() == "two!\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agent.log", "agent.log.1", "agent.log.2"]


def test_a_link_in_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    """Whoever may write into the folder cannot make us append to another file."""
    (tmp_path / "victim").write_text("")
    (tmp_path / "agent.log").symlink_to(tmp_path / "victim")
    with pytest.raises(Exception, match="cannot be started"):
        LocalProcesses().start("agent", [], {}, str(tmp_path / "agent.log"))
    assert (tmp_path / "victim").read_text() == ""


def test_a_log_that_grows_while_its_child_runs_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child goes on with an emptied one; only two old ones are kept, readable by their owner."""
    monkeypatch.setattr(processes_local, "_LOG_LIMIT", 3)
    log = tmp_path / "agent.log"
    code = "import sys\nfor word in sys.stdin: print(word, end='', flush=True)"
    monkeypatch.setattr(subprocess, "DEVNULL", subprocess.PIPE)
    child = LocalProcesses((sys.executable, "-c", code)).start("x", [], {}, str(log))
    try:
        for word in ("one!", "two!", "three!"):
            into = child._process.stdin
            assert into is not None
            into.write(f"{word}\n".encode())
            into.flush()
            while log.read_text() != f"{word}\n":
                assert child._process.poll() is None
            assert child.poll() is None
            assert log.read_text() == ""
    finally:
        child.kill()
        child.wait(180)
        if child._process.stdin is not None:
            child._process.stdin.close()
    assert [(tmp_path / f"agent.log.{n}").read_text() for n in (1, 2)] == ["three!\n", "two!\n"]
    assert (tmp_path / "agent.log.1").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agent.log", "agent.log.1", "agent.log.2"]
