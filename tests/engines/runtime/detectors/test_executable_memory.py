"""Memory that was written and became code."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.executable_memory import DETECTOR
from periderm.engines.runtime.scene import HOST, image, row, runs, scene
from periderm.model.event import EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    "exe",
    ["/usr/bin/node", "/opt/java/bin/java", "/usr/share/dotnet/dotnet", "/usr/bin/php8.2", "/usr/bin/qemu-x86_64",
     "/usr/bin/wine64",
     "/usr/lib/chromium/chromium", "/usr/lib/postgresql/15/bin/postgres", "/usr/bin/luajit", "/usr/bin/git",
     "/usr/sbin/apache2",
     "/usr/bin/python3.11", "/usr/sbin/mariadbd", "/usr/lib/erlang/erts-13/bin/beam.smp"],
)  # fmt: skip
def test_compilers_at_run_time_are_quiet(exe: str) -> None:
    """In containers and on hosts."""
    assert run_example(DETECTOR, scene(runs(2, 1, exe, "x", "serve"), row(EventKind.EXEC_MEMORY, 2, arg0=7))) == []
    assert run_example(DETECTOR, scene(runs(2, 1, exe, "x", on=HOST), row(EventKind.EXEC_MEMORY, 2, arg0=7, on=HOST))) == []


def test_a_package_that_brought_the_program_speaks_for_it() -> None:
    """Whoever wrote an own compiler is told softly; a program that no package owns louder."""
    events = (runs(2, 1, "/opt/tool", "tool"), row(EventKind.EXEC_MEMORY, 2, arg0=5))
    assert [a.severity for a in run_example(DETECTOR, scene(*events, inventory=image("/opt/tool")))] == [Severity.LOW]
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == [Severity.MEDIUM]


def test_relocations_in_a_library_are_not_meant() -> None:
    """The loader writes into text that it then makes executable again."""
    events = (runs(2, 1, "/opt/tool", "tool"), row(EventKind.EXEC_MEMORY, 2, "/opt/lib/libold.so", arg0=5))
    assert run_example(DETECTOR, scene(*events)) == []
