"""Paths with detours, and which events change a file."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime import paths
from periderm.engines.runtime.judging import Context
from periderm.engines.runtime.process import ProcessTable
from periderm.engines.runtime.scene import HOST, opens, row, runs
from periderm.model.event import Event, EventFlag, EventKind


def context(event: Event) -> Context:
    """Somebody's event."""
    table = ProcessTable()
    process = table.start(
        2,
        parent=1,
        pid=1002,
        uid=0,
        subject=event.subject,
        time=event.time,
        exe="/app/x",
        args="x",
        flags=int(runs(2, 1, "x").flags),
    )
    return Context(event, process, table, None)


@pytest.mark.parametrize(
    ("path", "inner", "host"),
    [
        ("/etc/passwd", "/etc/passwd", ""),
        ("/host/etc/passwd", "/etc/passwd", "/host"),
        ("/hostfs/root/.ssh/x", "/root/.ssh/x", "/hostfs"),
        ("/rootfs/../host/etc/x", "/etc/x", "/host"),
        ("/mnt/disk/etc/x", "/etc/x", "/mnt/disk"),
        ("/proc/self/root/etc/x", "/etc/x", ""),
        ("/hostile/app", "/hostile/app", ""),
        ("/data/etc/x", "/data/etc/x", ""),
    ],
)
def test_the_hosts_files_through_a_mount(path: str, inner: str, host: str) -> None:
    """By the names that such mounts have."""
    assert paths.place(path, context(opens(2, path))) == (inner, host)


def test_a_host_has_no_mount_of_itself() -> None:
    """/mnt there is a disk."""
    assert paths.place("/mnt/etc/x", context(opens(2, "/mnt/etc/x", on=HOST))).path == "/mnt/etc/x"


@pytest.mark.parametrize(
    ("event", "path"),
    [
        (opens(2, "/a", write=True), "/a"),
        (opens(2, "/a"), ""),
        (opens(2, "/a", arg0=paths.O_TRUNC), "/a"),
        (row(EventKind.RENAME, 2, "/a", raw="/b"), "/a"),
        (row(EventKind.UNLINK, 2, "/a"), ""),
        (row(EventKind.OPEN, 2, "/a", arg0=1, ret=-2, flags=EventFlag.FAILED), ""),
        (row(EventKind.OPEN, 2, "/a", arg0=1, ret=-13, flags=EventFlag.FAILED), "/a"),
    ],
)
def test_what_changes_a_file(event: Event, path: str) -> None:
    """A refused write is an attempt, one where nothing is was none."""
    assert paths.changed(context(event)) == path


@given(st.lists(st.sampled_from(["/", "/./", "//", "/x/../"]), min_size=2, max_size=2))
def test_interests_see_detours(slashes: list[str]) -> None:
    """Whatever stands between the names, the row is offered."""
    (pattern,) = paths.written("/etc/cron$")
    assert re.search(pattern, f"{slashes[0]}etc{slashes[1]}cron")


def test_classes_of_characters_are_left_alone() -> None:
    """A slash inside brackets is no separator."""
    (pattern,) = paths.written("/etc/[^/\n]+$")
    assert re.search(pattern, "/etc/a")
    assert not re.search(pattern, "/etc/a/b")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/tmp/tmp.p4OMDBC4US/venv/bin/pip", "/tmp/…/venv/bin/pip"),
        ("/var/tmp/build-a1b2c3d4/x", "/var/tmp/…/x"),
        ("/tmp/x", "/tmp/x"),
        ("/tmp/.hidden/x", "/tmp/.hidden/x"),
        ("/srv/tmp/tmp.p4OMDBC4US/x", "/srv/tmp/tmp.p4OMDBC4US/x"),
    ],
)
def test_made_up_names_are_one_cause(path: str, expected: str) -> None:
    """A job that works in a new folder each time is one alert; names that somebody chose stay."""
    assert paths.folded(path) == expected
