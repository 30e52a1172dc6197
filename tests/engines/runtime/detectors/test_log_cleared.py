"""Logs that are taken away."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.log_cleared import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    "path", ["/var/log/wtmp", "/var/log/auth.log", "/run/utmp", "/var/log/audit/audit.log", "/var/log/journal/a/b.journal"]
)
@pytest.mark.parametrize("kind", [EventKind.UNLINK, EventKind.TRUNCATE])
def test_records_of_who_was_there(path: str, kind: EventKind) -> None:
    """Each way to be rid of them."""
    assert run_example(DETECTOR, scene(SESSION, row(kind, 2, path)))[0].severity is Severity.HIGH


def test_old_logs_are_thrown_away() -> None:
    """What was turned already."""
    assert run_example(DETECTOR, scene(SESSION, row(EventKind.UNLINK, 2, "/var/log/nginx/access.log.7.gz"))) == []


def test_a_log_that_is_written_on_is_not_cleared() -> None:
    """Appending is what logs are for."""
    assert run_example(DETECTOR, scene(SESSION, opens(2, "/var/log/auth.log", write=True, arg0=0o2101))) == []


def test_a_server_begins_its_own_log_anew() -> None:
    """Without O_APPEND many programs do so at each start."""
    events = (runs(1, 0, "/usr/sbin/nginx", "nginx"), opens(1, "/var/log/nginx/access.log", write=True, arg0=0o1101))
    assert run_example(DETECTOR, scene(*events)) == []


def test_logrotate_of_an_intruder_is_not_logrotate() -> None:
    """A name and no more."""
    events = (runs(2, 1, "/tmp/logrotate", "logrotate", flags=EventFlag.UPPER), row(EventKind.UNLINK, 2, "/var/log/wtmp"))
    assert run_example(DETECTOR, scene(*events))
