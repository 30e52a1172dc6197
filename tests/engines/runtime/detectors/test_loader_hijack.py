"""What programs are made to load."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.loader_hijack import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SH = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("value", "fires"),
    [
        ("LD_PRELOAD=/dev/shm/a.so", True),
        ("LD_PRELOAD=libjemalloc.so.2:/tmp/a.so", True),
        ("LD_PRELOAD=/root/.cache/a.so", True),
        ("LD_PRELOAD=/usr/lib/libtcmalloc_minimal.so.4", False),
        ("LD_PRELOAD=/usr/libexec/coreutils/libstdbuf.so", False),
        ("LD_PRELOAD=libfakeroot-sysv.so", False),
        ("LD_PRELOAD=", False),
        ("LD_LIBRARY_PATH=/tmp/x", True),
        ("LD_LIBRARY_PATH=/usr/local/lib", False),
        ("LD_DEBUG=all", False),
    ],
)
def test_variables(value: str, fires: bool) -> None:
    """By where the library lies."""
    assert bool(run_example(DETECTOR, scene(SH, row(EventKind.ENVIRONMENT, 2, value)))) == fires


def test_a_java_server_unpacks_its_own_library() -> None:
    """JNA, netty, snappy: a note at most."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/java", "java"), row(EventKind.LIBRARY, 2, "/tmp/libnetty_123.so")))
    assert [alert.severity for alert in said] == [Severity.LOW]


def test_a_developers_own_library_on_a_host() -> None:
    """Not in an odd folder, by a user: nothing."""
    events = (
        runs(9, 1, "/home/a/x", "x", on=HOST, uid=1000),
        row(EventKind.ENVIRONMENT, 9, "LD_PRELOAD=/home/a/hook.so", on=HOST),
    )
    assert run_example(DETECTOR, scene(*events)) == []


def test_the_systems_own_loader_replaced() -> None:
    """The file that loads all others."""
    said = run_example(DETECTOR, scene(SH, row(EventKind.RENAME, 2, "/lib64/ld-linux-x86-64.so.2", raw="/tmp/l")))
    assert said[0].severity >= Severity.MEDIUM
