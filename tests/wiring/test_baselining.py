"""The agent's part of baselines goes on where the last agent was, and can be switched off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.clock_system import SystemClock
from periderm.adapters.state_files import read_whole, write_whole
from periderm.flow.baseline_memory import Memory, from_bytes, to_bytes
from periderm.flow.baselining import Baselining
from periderm.flow.outbox import Outbox
from periderm.model.baseline import Baseline, Entry, Evidence
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.wiring.baselining import baselining, behaviour_seed, keeps_system_calls
from tests.flow.conftest import NODE
from tests.flow.test_outbox import Server

LEARNED = Baseline(
    workload_id="wkl-1",
    entries=(Entry(Behaviour(Aspect.READ, "/bin/app", "/etc/app.conf"), Evidence(counts={"other": 3}, first=1, last=2)),),
    observed={"other": 60},
)


def settings(folder: Path, *, on: bool = True) -> Settings:
    """In a folder of its own."""
    return Settings(state=str(folder), cache=str(folder), baselines_on=on)


def made(folder: Path, *, on: bool = True) -> Baselining | None:
    """As the agent gets it."""
    outbox = Outbox(LocalBus(str(folder / "spool")), Server(), "agent:x")
    return baselining(settings(folder, on=on), NODE, outbox, SystemClock())


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    """Then there is no stage."""
    assert made(tmp_path, on=False) is None


def test_switched_off_it_costs_no_system_call_anything(tmp_path: Path) -> None:
    """Nobody else looks at the set of system calls but whoever replays a recording later."""
    on, off = settings(tmp_path), settings(tmp_path, on=False)
    assert keeps_system_calls(on, recording=False)
    assert not keeps_system_calls(off, recording=False)
    assert keeps_system_calls(off, recording=True)
    without = Settings(state=str(tmp_path), cache=str(tmp_path), system_calls_on=False)
    assert not keeps_system_calls(without, recording=True)


def test_what_was_known_is_known_to_the_next_agent(tmp_path: Path) -> None:
    """Without a server, and after the machine was started anew (a boot id that is not known is another boot)."""
    first = made(tmp_path)
    assert first is not None
    first.take(LEARNED)
    first.finish()
    assert os.stat(tmp_path / "baselines.state").st_mode & 0o777 == 0o600
    second = made(tmp_path)
    assert second is not None
    second.take(Baseline(workload_id="wkl-2"))
    assert second.figures()["baselines"] == 2


def test_a_damaged_file_is_no_reason_to_stop(tmp_path: Path) -> None:
    """The agent starts with what the server has."""
    (tmp_path / "baselines.state").write_bytes(b"\x93\xff nonsense")
    fresh = made(tmp_path)
    assert fresh is not None
    assert fresh.figures()["baselines"] == 0


def test_the_seed_stays_and_is_secret(tmp_path: Path) -> None:
    """The same for every agent of this state folder, another one elsewhere; a file that others may read is refused."""
    seed = behaviour_seed(settings(tmp_path / "a"))
    assert seed == behaviour_seed(settings(tmp_path / "a"))
    assert seed != behaviour_seed(settings(tmp_path / "b"))
    file = tmp_path / "a" / "behaviour-seed"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(UsageError):
        behaviour_seed(settings(tmp_path / "a"))


KEEPER = """
import sys
from periderm.adapters.state_files import write_whole
from periderm.flow.baseline_memory import Memory, to_bytes
from periderm.model.baseline import Baseline

print("ready", flush=True)
number = 0
while True:
    number += 1
    write_whole(sys.argv[1], to_bytes(Memory(boot_id="b", state=bytes(number * 1009 % 400_000), baselines=())))
"""


def test_an_agent_that_is_killed_leaves_a_whole_memory(tmp_path: Path) -> None:
    """At whatever moment: what is there is the old one or the new one, and never a half."""
    path = str(tmp_path / "baselines.state")
    write_whole(path, to_bytes(Memory(boot_id="b", state=b"first")))
    for pause in (0.0, 0.003, 0.011, 0.027, 0.05, 0.08):
        child = subprocess.Popen([sys.executable, "-c", KEEPER, path], stdout=subprocess.PIPE)
        assert child.stdout is not None
        with child.stdout:
            child.stdout.readline()
            time.sleep(pause)
            child.kill()
            child.wait()
        assert from_bytes(read_whole(path)) is not None
