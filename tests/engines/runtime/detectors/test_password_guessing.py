"""Guessing by tools, loops and connections."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.password_guessing import DETECTOR
from periderm.engines.runtime.scene import HOST, connects, runs, scene
from periderm.model.severity import Severity


def test_techniques_by_what_is_tried() -> None:
    """One user, one password for many, stolen pairs."""
    for argv, technique in (
        (("h", "-l", "root", "-P", "w", "ssh://10.0.0.4"), "T1110.001"),
        (("h", "-L", "u", "-p", "x", "ftp://10.0.0.4"), "T1110.003"),
        (("h", "-C", "pairs", "ssh://10.0.0.4"), "T1110.004"),
    ):
        said = run_example(DETECTOR, scene(runs(2, 1, "/opt/h", *argv)))
        assert [a.techniques for a in said] == [(technique,)]


def test_many_users_one_password() -> None:
    """A spray by a loop."""
    loop = (runs(10 + n, 1, "/usr/bin/sshpass", "sshpass", "-pSpring1", "ssh", f"user{n}@h") for n in range(9))
    said = run_example(DETECTOR, scene(*loop))
    assert said[-1].techniques == ("T1110.003",)


def test_su_of_a_user_and_of_root() -> None:
    """Root is asked for no password."""
    for uid, fires in ((33, True), (0, False)):
        shell = runs(2, 1, "/usr/bin/dash", "sh", uid=uid)
        tries = (runs(10 + n, 2, "/usr/bin/su", "su", "root", uid=0) for n in range(10))
        assert bool(run_example(DETECTOR, scene(shell, *tries))) is fires


def test_the_sensor_folds_what_repeats() -> None:
    """A hundred calls in one row count as a hundred."""
    tool = runs(2, 1, "/usr/bin/python3", "python3", "x.py")
    call = connects(2, "10.0.0.4", 22)
    assert run_example(DETECTOR, scene(tool, call)) == []
    assert run_example(DETECTOR, scene(tool, msgspec.structs.replace(call, count=100)))


@pytest.mark.parametrize("name", ["java", "pgbouncer", "node_exporter"])
def test_pools(name: str) -> None:
    """Connections to a database, however many."""
    program = runs(2, 1, f"/usr/bin/{name}", name)
    calls = (connects(2, "10.0.0.4", port, at=601.0 + n) for n in range(40) for port in (3306, 5432, 6379))
    assert run_example(DETECTOR, scene(program, *calls)) == []


def test_on_a_host_it_is_noted() -> None:
    """An administrator tries passwords too."""
    assert [a.severity for a in run_example(DETECTOR, scene(runs(9, 1, "/usr/sbin/john", "john", "x", on=HOST)))] == [
        Severity.MEDIUM
    ]
