"""Who calls out and should not."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.odd_outbound import DETECTOR
from periderm.engines.runtime.scene import connects, runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (("/usr/bin/bash", "bash"), "shell"),
        (("/bin/busybox", "ash"), "shell"),
        (("/usr/bin/python3.11", "python3", "-c", "…"), "one-liner"),
        (("/usr/bin/python3.11", "python3"), "one-liner"),
        (("/usr/bin/perl", "perl", "/dev/shm/a.pl"), "script"),
        (("/usr/bin/mawk", "awk", "…"), "text tool"),
        (("/tmp/x", "x"), "stranger"),
    ],
)
def test_who_it_is(line: tuple[str, ...], why: str) -> None:
    """The reason is in the evidence."""
    said = run_example(DETECTOR, scene(runs(2, 900, *line, flags=EventFlag.EXEC_SESSION), connects(2, "198.51.100.4", 443)))
    assert [a.evidence["why"] for a in said] == [why]


@pytest.mark.parametrize(
    "line",
    [
        ("/usr/bin/python3", "python3", "/app/main.py"),
        ("/usr/bin/node", "node", "server.js"),
        ("/usr/bin/php8.2", "php", "worker.php"),
        ("/usr/bin/python3", "python3", "-m", "gunicorn"),
        ("/usr/bin/java", "java", "-jar", "a.jar"),
        ("/usr/bin/curl", "curl"),
    ],
)
def test_applications_call_out(line: tuple[str, ...]) -> None:
    """They have scripts or names of their own."""
    for address in ("198.51.100.4", "10.0.0.4", "2001:db8::1"):
        assert run_example(DETECTOR, scene(runs(2, 1, *line), connects(2, address, 443))) == []


def test_waiting_is_not_calling() -> None:
    """A loop until the database answers, at any time."""
    wait = runs(2, 1, "/usr/bin/bash", "bash", "-c", "until (echo >/dev/tcp/db/5432) 2>/dev/null; do sleep 1; done")
    assert run_example(DETECTOR, scene(wait, connects(2, "10.0.0.4", 5432))) == []


def test_names_are_asked_by_everybody() -> None:
    """DNS and the resolver library's probes."""
    shell = runs(2, 1, "/usr/bin/bash", "bash", "-c", "…")
    assert (
        run_example(DETECTOR, scene(shell, connects(2, "10.0.0.2", 53, kind=2), connects(2, "198.51.100.4", 0, kind=2))) == []
    )


def test_a_failed_call_is_said_more_softly() -> None:
    """It tells of the program all the same."""
    shell = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)
    call = msgspec.structs.replace(connects(2, "198.51.100.4", 443), ret=-101, flags=EventFlag.FAILED)
    assert [a.severity for a in run_example(DETECTOR, scene(shell, call))] == [Severity.LOW]
