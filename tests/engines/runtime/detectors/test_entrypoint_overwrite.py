"""What a container starts with, and what starts it."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.entrypoint_overwrite import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

OWN = msgspec.structs.replace(SHOP, command=("/bin/sh", "/srv/start.sh"))


@pytest.mark.parametrize(
    ("flags", "at", "expected"),
    [
        (EventFlag.EXEC_SESSION, 600.0, [Severity.HIGH]),
        (EventFlag.UPPER, 600.0, [Severity.HIGH]),
        (EventFlag(0), 600.0, [Severity.MEDIUM]),
    ],
)
def test_the_start_script_by_whom(flags: EventFlag, at: float, expected: list[Severity]) -> None:
    """A person and a dropped program are worse than the service itself."""
    events = (
        runs(2, 1, "/usr/bin/tee", "tee", on=OWN, flags=flags, at=at),
        opens(2, "/srv/start.sh", write=True, on=OWN, at=at),
    )
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected


def test_the_shell_that_runs_the_script_is_not_the_entrypoint() -> None:
    """Else every update of a shell would be one."""
    events = (runs(2, 1, "/usr/bin/tee", "tee", on=OWN), opens(2, "/bin/sh", write=True, on=OWN))
    assert run_example(DETECTOR, scene(*events)) == []


@pytest.mark.parametrize("option", [("--cwd", "/proc/self/fd/8"), ("--cwd=/proc/self/fd/8",), ("-w", "/dev/fd/8")])
def test_a_leaked_folder_on_the_command_line(option: tuple[str, ...]) -> None:
    """In all the ways to write it, by the engine or the runtime; an honest folder is quiet."""
    events = (runs(20, 10, "/usr/bin/podman", "podman", "exec", *option, "c", "sh", on=HOST),)
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.CRITICAL]
    honest = runs(20, 10, "/usr/bin/podman", "podman", "exec", "-w", "/srv", "c", "ls", "/proc/self/fd/3", on=HOST)
    assert run_example(DETECTOR, scene(honest)) == []


def test_the_runtimes_program_on_the_host() -> None:
    """By the package manager quiet, by a person medium."""
    for exe, expected in (("/usr/bin/dpkg", []), ("/usr/bin/cp", [Severity.MEDIUM])):
        events = (runs(20, 10, exe, "x", on=HOST), row(EventKind.RENAME, 20, "/usr/bin/runc", raw="/usr/bin/runc.new", on=HOST))
        assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected
