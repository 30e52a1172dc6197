"""Links over files that hold credentials."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.sensitive_link import DETECTOR
from periderm.engines.runtime.scene import HOST, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("target", "fires"),
    [
        ("/etc/shadow", True),
        ("/etc//./shadow", True),
        ("/tmp/../etc/gshadow", True),
        ("/host/etc/shadow", True),
        ("/root/.ssh/id_rsa", True),
        ("/proc/1/environ", True),
        ("/etc/shadow.md", False),
        ("/etc/passwd", False),
        ("/srv/app", False),
    ],
)
def test_what_a_symlink_leads_to_counts(target: str, fires: bool) -> None:
    """The target as its system would write it; everybody may read /etc/passwd."""
    events = (runs(2, 1, "/opt/a", "a"), row(EventKind.SYMLINK, 2, "/srv/x", raw=target))
    assert bool(run_example(DETECTOR, scene(*events))) == fires


def test_the_word_and_the_call_are_one_alert() -> None:
    """`ln` is seen when it starts and when it links: one cause."""
    events = (
        runs(2, 900, "/usr/bin/ln", "ln", "-s", "/etc/shadow", "/srv/x", flags=EventFlag.EXEC_SESSION),
        row(EventKind.SYMLINK, 2, "/srv/x", raw="/etc/shadow"),
    )
    assert {alert.id for alert in run_example(DETECTOR, scene(*events))} == {run_example(DETECTOR, scene(*events))[0].id}


def test_roots_own_link_on_a_host_is_less_than_a_users() -> None:
    """An administrator's link is a note, a user's is an attempt."""
    said = [
        run_example(DETECTOR, scene(runs(9, 1, "/usr/bin/ln", "ln", "-s", "/etc/shadow", "/tmp/x", on=HOST, uid=uid)))[
            0
        ].severity
        for uid in (0, 1000)
    ]
    assert said == [Severity.MEDIUM, Severity.HIGH]
