"""Whose environment and memory."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.process_secrets import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, runs, scene


@pytest.mark.parametrize(
    ("path", "raw", "fires"),
    [
        ("/proc/7/environ", "/proc/self/environ", False),
        ("/proc/7/environ", "/proc/thread-self/environ", False),
        ("/proc/7/environ", "/proc/7/environ", True),
        ("/proc/7/environ", "/proc/8/root/proc/7/environ", True),
        ("/proc/7/mem", "/proc/7/mem", True),
        ("/proc/kcore", "/proc/kcore", True),
        ("/dev/kmem", "/dev/kmem", True),
        ("/proc/7/status", "/proc/7/status", False),
        ("/proc/meminfo", "/proc/meminfo", False),
    ],
)
def test_by_path(path: str, raw: str, fires: bool) -> None:
    """Its own files are quiet by the words that the caller used; all others are not."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), opens(2, path, raw=raw)))) == fires


def test_a_relative_name_is_not_believed_below_a_servers_shell() -> None:
    """`cd /proc/1; cat environ` looks like one's own file."""
    shell = (runs(1, 0, "/usr/sbin/nginx", "nginx"), runs(2, 1, "/usr/bin/dash", "sh"))
    assert run_example(DETECTOR, scene(*shell, opens(2, "/proc/1/environ", raw="environ")))
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), opens(2, "/proc/1/environ", raw="environ"))) == []


def test_its_own_number_on_a_host() -> None:
    """The host's numbers are those that the sensor tells."""
    reader = runs(20, 1, "/usr/bin/x", "x", on=HOST)
    assert run_example(DETECTOR, scene(reader, opens(20, "/proc/1020/mem", on=HOST))) == []
    assert run_example(DETECTOR, scene(reader, opens(20, "/proc/1021/mem", on=HOST)))


def test_scripts_of_a_host_ask_whether_it_is_a_container() -> None:
    """`grep container= /proc/1/environ` is part of many start scripts; another process's environment is not."""
    script = runs(20, 1, "/usr/bin/grep", "grep", on=HOST)
    assert run_example(DETECTOR, scene(script, opens(20, "/proc/1/environ", on=HOST))) == []
    assert run_example(DETECTOR, scene(script, opens(20, "/proc/77/environ", on=HOST)))
    assert run_example(DETECTOR, scene(runs(20, 1, "/home/a/x", "x", on=HOST), opens(20, "/proc/1/environ", on=HOST)))


def test_writing_is_another_detectors() -> None:
    """Memory opened to write is injection."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), opens(2, "/proc/7/mem", write=True))) == []
