"""A baseline enforced in a real container: a program of the image that the workload never starts dies at its exec, what it
knows runs, and the policy returns to alerting by itself when it hurts."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.baseline import Baseline, Entry, Evidence, Source
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.gap import GapKind
from periderm.model.labels import workload_of
from periderm.model.policy import Policy, PolicyMode
from periderm.model.query import Query
from periderm.model.settings import Settings
from tests.e2e.everywhere import archive, podman
from tests.e2e.test_spine import environment

pytestmark = [pytest.mark.root, pytest.mark.container, pytest.mark.slow]

NAME = f"periderm-enforced-{os.getpid()}"
IMAGE = f"localhost/{NAME}:1"
LIMITS = ("--network=none", "--pull=never", "--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096")
KILLED = 137
UNKNOWN = 127  # what busybox says under a name that it does not know: it ran
PATIENCE = 300.0


def learned() -> Baseline:
    """It starts one program, and has been learned."""
    now = SystemClock().now() // 10**9
    seen = Evidence(counts={"n": 9}, first=now - 9000, last=now - 10, sources=(Source.OBSERVED,), certainty=100)
    entry = Entry(Behaviour(Aspect.PROGRAM, "/bin/busybox"), seen)
    return Baseline(
        workload_id=workload_of(NAME, {}).id,
        name=NAME,
        entries=(entry,),
        observed={"n": 9000},
        since=now - 9000,
        settled=now - 5000,
        newest=now - 9000,
    )


POLICY = Policy(
    id="pol-enforced",
    name="enforced",
    workload=NAME,
    mode=PolicyMode.ENFORCE,
    enforce_baseline=True,
    return_after=2,
    priority=9,
    reason="a test",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A product that runs, with the baseline and the policy there from its start, and the container."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("needs busybox, from Debian's busybox-static")
    env = environment(tmp_path / "state")
    program = Path(busybox).read_bytes()
    files = {"bin/busybox": program, "bin/stranger": program + b"\0", "www/x": b""}
    podman("import", "--quiet", "-", IMAGE, given=archive(files, {"bin/httpd": "busybox"}))
    made = SqlStore(Settings(state=env["PERIDERM_STATE"], cache="").database, SystemClock())
    with made.transaction():
        made.put_baselines([learned()])
        made.put_policy(msgspec.structs.replace(POLICY, changed=SystemClock().now()))
    argv = [sys.executable, "-m", "periderm", "up", "--quiet"]
    process = subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert within(lambda: any(beat.role == "agent" for beat in made.heartbeats()))
        podman("run", "--detach", "--name", NAME, *LIMITS, IMAGE, "/bin/httpd", "-f", "-p", "8080", "-h", "/www")
        yield made
    finally:
        for words in (["rm", "--force", "--time=0", NAME], ["rmi", "--force", IMAGE]):
            subprocess.run(["podman", *words], capture_output=True, check=False)
        process.send_signal(signal.SIGINT)
        process.wait(300)
        made.close()
        with contextlib.suppress(OSError):
            shutil.rmtree(env["PERIDERM_PINS"])


def within(holds: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it comes to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def status(program: str) -> int:
    """With which status a program of the container ends, started by an operator."""
    argv = ["podman", "exec", NAME, program, "true"]
    return subprocess.run(argv, capture_output=True, timeout=300, check=False).returncode


def test_a_stranger_dies_and_enforcing_ends_when_it_hurts(store: SqlStore) -> None:
    """First the stranger runs (the image is not known yet), then it is killed at its exec while what the baseline knows runs;
    after two kills in a quarter of an hour it runs again, the gap says why, and the policy only tells."""
    assert within(lambda: status("/bin/stranger") == KILLED), "it was never killed"
    assert status("/bin/busybox") == 0
    assert podman("inspect", "-f", "{{.State.Running}}", NAME) == "true"

    def returned() -> bool:
        status("/bin/stranger")
        return {p.id: p.mode for p in store.policies()}["pol-enforced"] is PolicyMode.ALERT

    def gaps() -> list[str]:
        return [gap.detail for gap in store.gaps(Query(limit=1000)).items if gap.kind is GapKind.ENFORCING_ENDED]

    assert within(returned)
    assert within(lambda: gaps() == ["pol-enforced"])
    assert within(lambda: status("/bin/stranger") == UNKNOWN)
