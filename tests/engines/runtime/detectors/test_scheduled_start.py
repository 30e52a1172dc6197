"""What the system will start by itself."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.scheduled_start import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("path", "technique"),
    [
        ("/etc/crontab", "T1053.003"),
        ("/var/spool/cron/crontabs/root", "T1053.003"),
        ("/etc/periodic/15min/x", "T1053.003"),
        ("/var/spool/cron/atjobs/a0001", "T1053.003"),
        ("/etc/systemd/system/x.timer", "T1543.002"),
        ("/root/.config/systemd/user/x.service", "T1543.002"),
        ("/etc/init.d/x", "T1037.004"),
        ("/etc/rc.local", "T1037.004"),
        ("/etc/update-motd.d/99-x", "T1037.004"),
        ("/lib/udev/rules.d/x.rules", "T1546.017"),
        ("/etc/xdg/autostart/x.desktop", "T1547.013"),
        ("/etc/cron.d/../crontab", "T1053.003"),
        ("/etc/cron.d/.x.swp", ""),
        ("/srv/etc/crontab", ""),
        ("/etc/crontabulous", ""),
    ],
)
def test_places(path: str, technique: str) -> None:
    """Each with its technique."""
    said = run_example(DETECTOR, scene(SESSION, row(EventKind.RENAME, 2, path, raw="/tmp/x")))
    assert [alert.techniques for alert in said] == ([(technique,)] if technique else [])


def test_cron_itself_and_packages_are_quiet() -> None:
    """They keep their own."""
    cron = scene(runs(2, 1, "/usr/sbin/cron", "cron"), opens(2, "/var/spool/cron/x", write=True))
    rpm = scene(runs(2, 1, "/usr/bin/rpm", "rpm"), row(EventKind.RENAME, 2, "/etc/cron.d/0hourly", raw="/etc/cron.d/0hourly;1"))
    assert [run_example(DETECTOR, given) for given in (cron, rpm)] == [[], []]


def test_a_cron_that_nobody_brought_is_not_believed() -> None:
    """Its name is its file's."""
    events = (runs(2, 1, "/tmp/cron", "cron", flags=EventFlag.UPPER), opens(2, "/etc/crontab", write=True))
    assert run_example(DETECTOR, scene(*events))[0].severity is Severity.CRITICAL
