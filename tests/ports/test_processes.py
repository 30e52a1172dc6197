"""What every plug of `ports.processes` promises, on real processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters.processes_local import LocalProcesses
from periderm.model.errors import ConnectError
from periderm.ports.processes import Processes

# Stands for `python -m periderm`: what it does is named by its role.
CHILD = """
import os, signal, subprocess, sys, time
role = sys.argv[1]
print("role", role, sys.argv[2:], os.environ.get("GIVEN"), os.environ.get("NOT_GIVEN"), flush=True)
if role == "polite":
    signal.signal(signal.SIGTERM, lambda *a: sys.exit(7))
if role == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("inner", inner.pid, flush=True)
if role == "quick":
    sys.exit(3)
print("ready", flush=True)
time.sleep(600)
"""


def wait_for(path: Path, word: str) -> str:
    """The log, once a word is in it."""
    for _ in range(9000):
        text = path.read_text() if path.exists() else ""
        if word in text:
            return text
        time.sleep(0.02)
    raise AssertionError(f"{word!r} never came: {path.read_text() if path.exists() else 'no log'}")


def gone(pid: int) -> bool:
    """Whether a process ends within a while (a zombie has ended)."""
    for _ in range(9000):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    """The plug under test, with a small program in place of the product."""
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    return LocalProcesses((sys.executable, str(script)))


def test_a_child_gets_its_role_arguments_and_environment(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Role and arguments arrive as given; of our environment only what was chosen."""
    monkeypatch.setenv("NOT_GIVEN", "secret")
    child = processes.start("plain", ["--state", "a b"], {"GIVEN": "yes"}, str(tmp_path / "logs" / "plain.log"))
    text = wait_for(tmp_path / "logs" / "plain.log", "ready")
    child.kill()
    assert child.wait(180) == -signal.SIGKILL
    assert "role plain ['--state', 'a b'] yes None" in text


def test_the_exit_status_is_told(processes: Processes, tmp_path: Path) -> None:
    """The status stays the same however often it is asked for."""
    child = processes.start("quick", [], {}, str(tmp_path / "quick.log"))
    assert child.wait(180) == 3
    assert child.poll() == 3


def test_terminate_lets_a_child_end_in_order(processes: Processes, tmp_path: Path) -> None:
    """SIGTERM reaches the child, which chooses its status; what has ended is left in peace."""
    child = processes.start("polite", [], {}, str(tmp_path / "polite.log"))
    wait_for(tmp_path / "polite.log", "ready")
    assert child.poll() is None
    child.terminate()
    assert child.wait(180) == 7
    child.terminate()
    child.kill()
    assert child.poll() == 7


def test_kill_ends_a_deaf_child_and_its_children(processes: Processes, tmp_path: Path) -> None:
    """A child that ignores SIGTERM does not answer in time; SIGKILL takes its whole group."""
    child = processes.start("deaf", [], {}, str(tmp_path / "deaf.log"))
    text = wait_for(tmp_path / "deaf.log", "ready")
    inner = int(text.split("inner ")[1].split()[0])
    child.terminate()
    assert child.wait(0.2) is None
    child.kill()
    assert child.wait(180) == -signal.SIGKILL
    assert gone(inner)


def test_a_child_does_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    """`kill -9` of the supervisor ends its children too."""
    script = tmp_path / "child.py"
    script.write_text(CHILD)
    log = tmp_path / "child.log"
    program = (
        "import sys, time\n"
        "from periderm.adapters.processes_local import LocalProcesses\n"
        f"child = LocalProcesses((sys.executable, {str(script)!r})).start('plain', [], {{}}, {str(log)!r})\n"
        "print(child.pid(), flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        wait_for(log, "ready")
        supervisor.kill()
    assert gone(pid)


def test_what_cannot_be_logged_is_not_started(processes: Processes, tmp_path: Path) -> None:
    """A log that cannot be opened is an error that names it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConnectError, match="cannot be started"):
        processes.start("plain", [], {}, str(tmp_path / "file" / "x.log"))
