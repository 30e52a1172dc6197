"""Names of real programs are not odd; names that hide, imitate or were made up are, and why is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.names import oddness

KNOWN = frozenset({"nginx", "redis-server", "sh", "bash", "ls", "cat", "python3.11"})


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("ngnix", "taken for nginx"),
        ("sy5temd", "taken for systemd"),
        ("dbus-deamon", "taken for dbus-daemon"),
        ("rediss-server", "taken for redis-server"),
        ("[kworker/0:1]", "kernel thread"),
        ("kdevtmpfsi", "kernel thread"),
        (".x", "hides"),
        ("...", "blanks or dots"),
        ("sshd ", "blanks or dots"),
        ("ba\u200bsh", "cannot be seen"),
        ("b\u0430sh", "outside ASCII"),
        ("xkqzwvbt", "made up"),
        ("a8f0c3e1", "made up"),
        ("x" * 60, "60 characters"),
        ("-rf", "shell acts on"),
    ],
)
def test_odd(name: str, why: str) -> None:
    """Each kind of strange name, with its reason in both languages."""
    score, text = oddness(name, KNOWN)
    assert score >= 60
    assert why in text.en
    assert text.zh


ORDINARY = """
curl grep gzip bzip2 python3.12 php-fpm8.2 git-remote-https update-ca-certificates x86_64-linux-gnu-gcc-12 md5sum ldconfig
dpkg-preconfigure node containerd-shim-runc-v2 pg_ctl mysqldump certbot nginx [ run-parts logrotate sha256sum e2scrub
"""


@pytest.mark.parametrize("name", ORDINARY.split())
def test_not_odd(name: str) -> None:
    """What real programs are called."""
    assert oddness(name, KNOWN)[0] < 60


@given(st.text(max_size=300))
def test_any_name(name: str) -> None:
    """Any text gets a score between 0 and 100, the same each time, and none once it is known."""
    score, why = oddness(name, KNOWN)
    assert 0 <= score <= 100
    assert bool(why.en) == bool(score)
    assert oddness(name, KNOWN | {name})[0] == 0
