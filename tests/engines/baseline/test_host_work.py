"""What on a plain host is no service."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.host_work import ad_hoc, launches, nameless


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/usr/bin/bash", True), ("/usr/bin/bash /tmp/x.sh", True), ("/usr/bin/timeout", True), ("/usr/bin/python3.11", True),
        ("/usr/bin/bash /home/ann/x.sh", True), ("/usr/bin/python3.11 /usr/bin/networkd-dispatcher", False),
        ("/usr/bin/dash /usr/lib/apt/apt.systemd.daily", False), ("/usr/sbin/nginx", False),
    ],
)  # fmt: skip
def test_ad_hoc_work_is_known_by_what_runs_at_the_top(program: str, expected: bool) -> None:
    """A shell with a script of the system's is a service, one with another or none is not."""
    assert ad_hoc(program) is expected


def test_programs_without_a_place_of_their_own_have_no_name() -> None:
    """Neither memory nor folders where everybody may write."""
    assert nameless("/memfd:x")
    assert nameless("/tmp/x")
    assert not nameless("/usr/sbin/nginx")


def test_daemons_that_run_anything_are_known_as_programs_and_as_scripts() -> None:
    """With the interpreter or without."""
    assert launches("/usr/sbin/cron")
    assert launches("/usr/bin/python3.11 /usr/bin/unattended-upgrade")
    assert not launches("/usr/sbin/nginx")
