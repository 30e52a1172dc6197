"""Places are told apart by what is kept there, on any layout of folders, and no path takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.baseline import places
from periderm.engines.baseline.places import code, folder, library_folder, overreaches, place, script, secret, writable


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/dev/null", places.OWN),
        ("/dev/pts/*", places.OWN),
        ("/proc/self/status", places.OWN),
        ("/proc/self/environ", places.SECRET),
        ("/proc/*/environ", places.SECRET),
        ("/proc/*/maps", places.OTHERS),
        ("/proc/sys/kernel/core_pattern", places.KERNEL),
        ("/sys/fs/cgroup/x/release_agent", places.KERNEL),
        ("/etc/cron.d/x", places.PERSISTENT),
        ("/var/spool/cron/crontabs/root", places.PERSISTENT),
        ("/root/.ssh/authorized_keys", places.PERSISTENT),
        ("/var/lib/redis/.ssh/authorized_keys", places.PERSISTENT),
        ("/etc/ld.so.preload", places.PERSISTENT),
        ("/etc/passwd", places.PERSISTENT),
        ("/usr/lib/systemd/system/x.service", places.PERSISTENT),
        ("/srv/app/.git/hooks/post-merge", places.PERSISTENT),
        ("/var/www/html/wp-config.php", places.SECRET),
        ("/etc/ssl/private/x.key", places.SECRET),
        ("/run/secrets/token", places.SECRET),
        ("/tmp/x", places.TEMPORARY),
        ("/dev/shm/x", places.TEMPORARY),
        ("/dev/sda", places.DEVICE),
        ("/usr/bin/ls", places.PROGRAMS),
        ("/lib/x86_64-linux-gnu/libc.so.6", places.PROGRAMS),
        ("/opt/tool/bin/x", places.PROGRAMS),
        ("/etc/nginx/nginx.conf", places.SETTINGS),
        ("/usr/share/nginx/html/index.html", places.WEB),
        ("/var/www/html/index.php", places.WEB),
        ("/var/log/nginx/access.log", places.LOGS),
        ("/var/lib/redis/dump.rdb", places.DATA),
        ("/home/bob/x", places.HOME),
        ("/run/nginx.pid", places.RUN),
        ("/app/server.js", places.ELSEWHERE),
    ],
)
def test_kinds(path: str, kind: str) -> None:
    """One path of each kind at least."""
    assert place(path) == kind


def test_questions() -> None:
    """What gives access, what would be run, who may write, where libraries are."""
    assert secret("/root/.aws/credentials")
    assert not secret("/root/.ssh/known_hosts")
    assert code("/var/www/x.php")
    assert code("/a/libx.so.1.2")
    assert not code("/var/www/x.jpg")
    assert all(map(writable, ("/tmp/x", "/dev/shm/x", "/memfd:x", "/run/x", "/proc/*/fd/*")))
    assert not writable("/usr/bin/x")
    assert library_folder("/usr/lib/x.so")
    assert not library_folder("/opt/x.so")
    assert folder("/a/b") == "/a/"
    assert folder("x") == ""


@given(st.text("/.ab\n*", max_size=200))
def test_any_path(path: str) -> None:
    """Every text is some place."""
    assert isinstance(place(path), str)


def test_hostile_paths() -> None:
    """A path of a hundred thousand slashes is a place too, soon."""
    for path in ("/" * 100_000, "/a" * 50_000, "/proc/" + "1" * 100_000, "/.git/hooks" * 9_000):
        assert isinstance(place(path), str)
        code(path)


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("/srv/files/*", "/srv/files/x.php", True),
        ("/srv/files/upload-*", "/srv/files/upload-x.sh", True),
        ("rename /srv/files/*", "rename /srv/files/x.php", True),
        ("unlink /srv/files/*", "unlink /srv/files/x.php", False),
        ("/srv/files/*.php", "/srv/files/x.php", False),
        ("/srv/files/*", "/srv/files/x.jpg", False),
        ("/srv/*/main.py", "/srv/a/main.py", False),
        ("/srv/app/__pycache__/*", "/srv/app/__pycache__/x.pyc", False),
        ("/srv/build/**", "/srv/build/a/x.js", False),
    ],
)
def test_overreaching(pattern: str, value: str, expected: bool) -> None:
    """All files of a folder do not stand for a script there; a folder whose name changes stands for its scripts."""
    assert overreaches(pattern, value) == expected


@given(st.text(max_size=40))
def test_a_script_is_code(path: str) -> None:
    """Whatever is taken for a script would be run by something."""
    assert code(path) or not script(path)
