"""Paths lose what changes by itself and nothing else; patterns match what they say, and finding one is exact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.algorithms.path_patterns import Patterns, collapse, generalise, matches


@pytest.mark.parametrize(
    ("path", "general"),
    [
        ("/proc/1234/status", "/proc/*/status"),
        ("/proc/self/status", "/proc/self/status"),
        ("/srv/deadbeef-dead-beef-dead-beefdeadbeef.jpg", "/srv/*.jpg"),
        ("/srv/1.2/app", "/srv/*/app"),
        ("/srv/tool.opt-2", "/srv/tool.opt-*"),
        ("/tmp/tmp.Ab3dE6gH1x", "/tmp/tmp.*"),
        ("/tmp/phpA1b2C3", "/tmp/php*"),
        ("/tmp/payload", "/tmp/payload"),
        ("/var/lib/php/sessions/sess_1m6a8pt0s3cgs2kj5rmc2snf6e", "/var/lib/php/sessions/sess_*"),
        ("/var/lib/redis/temp-1234.rdb", "/var/lib/redis/temp-*.rdb"),
        ("/var/lib/redis/dump.rdb", "/var/lib/redis/dump.rdb"),
        ("/var/lib/postgresql/15/main/base/16384/2619_fsm", "/var/lib/postgresql/*/main/base/*/*_fsm"),
        ("/var/lib/postgresql/15/main/pg_wal/000000010000000000000001", "/var/lib/postgresql/*/main/pg_wal/*"),
        ("/usr/lib/x86_64-linux-gnu/libssl.so.3", "/usr/lib/x86_64-linux-gnu/libssl.so.*"),
        ("/usr/lib/x86_64-linux-gnu/libssl.so.1.1", "/usr/lib/x86_64-linux-gnu/libssl.so.*"),
        ("/usr/lib/python3.11/__pycache__/os.cpython-311.pyc.139871237123", "/usr/lib/python*/__pycache__/os.cpython-*.pyc.*"),
        ("/usr/share/zoneinfo/Europe/Berlin", "/usr/share/zoneinfo/**"),
        ("/usr/share/locale/de/LC_MESSAGES/x.mo", "/usr/share/locale/*/LC_MESSAGES/x.mo"),
        ("/var/log/app-2026-11-22.log", "/var/log/app-*.log"),
        ("/srv/.git/objects/ab/cdef0123456789abcdef0123456789abcdef01", "/srv/.git/objects/*/*"),
        ("/srv/550e8400-e29b-41d4-a716-446655440000.jpg", "/srv/*.jpg"),
        ("/dev/shm/PostgreSQL.1234567", "/dev/shm/PostgreSQL.*"),
        ("/etc/cron.d/e2scrub_all", "/etc/cron.d/e2scrub_all"),
        ("/usr/bin/base64", "/usr/bin/base64"),
        ("/home/bob/MakeFileList", "/home/bob/MakeFileList"),
        ("/app/node_modules/lodash/index.js", "/app/node_modules/lodash/index.js"),
        ("/usr/share/perl/5.36.0/strict.pm", "/usr/share/perl/*/strict.pm"),
    ],
)
def test_generalised(path: str, general: str) -> None:
    """Process ids, counters, dates, versions and made-up names go; names that people chose stay."""
    assert generalise(path) == general
    assert matches(general, path)


SEGMENTS = st.text("abXY019._-*é ", min_size=1, max_size=14)
PATHS = st.builds(
    lambda root, parts: root + "/".join(parts),
    st.sampled_from(["/", "/tmp/", "/proc/", "/var/", "/usr/"]),
    st.lists(SEGMENTS, max_size=5),
)


@given(PATHS)
def test_generalising_twice(path: str) -> None:
    """What is general stays as it is, so that it may be compared as text."""
    assert generalise(generalise(path)) == generalise(path)


@given(PATHS.filter(lambda path: "*" not in path and "//" not in path))
def test_a_general_path_matches_its_own(path: str) -> None:
    """A path always falls under what it was generalised to."""
    assert matches(generalise(path), path)


@pytest.mark.parametrize(
    ("pattern", "value", "does"),
    [
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*", "/a/", True),
        ("/a/**", "/a/b/c", True),
        ("/a/**", "/a/b", True),
        ("/a/**", "/a", False),
        ("/a/**", "/a/", False),
        ("/a/**", "/ab/c", False),
        ("/a*/**", "/ab/c/d", True),
        ("/a*c", "/abbbc", True),
        ("/a*c", "/ac", True),
        ("/ab*ba", "/aba", False),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("tcp/5432 *", "tcp/5432 10.0.0.1", True),
        ("tcp/5432 10.0.0.0/8", "tcp/5432 10.1.2.3", True),
        ("tcp/5432 10.0.0.0/8", "tcp/5432 11.1.2.3", False),
        ("tcp/5432 10.0.0.0/8", "tcp/5433 10.1.2.3", False),
        ("tcp/* 10.0.0.0/8", "tcp/5433 10.1.2.3", True),
        ("tcp/443 2001:db8::/32", "tcp/443 2001:db8::1", True),
        ("rename /var/lib/x/**", "rename /var/lib/x/a/b", True),
        ("rename /var/lib/x/**", "unlink /var/lib/x/a/b", False),
    ],
)
def test_matching(pattern: str, value: str, does: bool) -> None:
    """One star within a segment, two for all below, a block for its addresses."""
    assert matches(pattern, value) is does
    assert (Patterns([pattern]).find(value) == pattern) is does


@given(st.lists(st.text("ab/*", max_size=8), max_size=8), st.text("ab/", max_size=10))
def test_finding_is_trying_all(patterns: list[str], value: str) -> None:
    """The quick way finds one exactly where trying each would."""
    found = Patterns(patterns).find(value)
    assert (found is not None) == any(matches(p, value) for p in patterns)
    assert found is None or matches(found, value)


def test_hostile_pattern() -> None:
    """Many stars against a long name end soon: each part is looked for once."""
    assert not matches("/" + "a*" * 400 + "b", "/" + "a" * 20_000)


def test_collapse_of_many_siblings() -> None:
    """A folder of many files of one kind is one pattern that says what it stands for; a few stay as they are."""
    photos = [f"/srv/photos/{name}.jpg" for name in "abcdefghijklmnopqrst"]
    collapsed = collapse([*photos, "/srv/app.conf", "/srv/photos/readme"])
    assert collapsed == {
        "/srv/photos/*.jpg": ("/srv/photos/a.jpg", "/srv/photos/b.jpg", "/srv/photos/c.jpg"),
        "/srv/app.conf": ("/srv/app.conf",),
        "/srv/photos/readme": ("/srv/photos/readme",),
    }


def test_collapse_keeps_apart_what_is_not_like_the_others() -> None:
    """Files that are apart stand in no pattern but one of their own ending; the others become one."""
    endings = ["jpg", "png", "gif", "txt"]
    files = [f"/srv/files/{name}.{endings[at % 4]}" for at, name in enumerate("abcdefghijklmnopqrst")]
    one = collapse([*files, "/srv/files/x.php"], apart=lambda path: path.endswith(".php"))
    assert set(one) == {"/srv/files/*", "/srv/files/x.php"}
    pages = [f"/srv/files/{name}.php" for name in "abcdefghijklmnopqrst"]
    many = collapse([*files, *pages], apart=lambda path: path.endswith(".php"))
    assert set(many) == {"/srv/files/*", "/srv/files/*.php"}


def test_collapse_of_a_tree() -> None:
    """Many folders of many files become all that is below."""
    files = [f"/data/cache/{a}/{b}.bin" for a in "abcdefghijklmn" for b in "abcdefghijklmn"]
    assert collapse(files) == {"/data/cache/**": ("/data/cache/a/a.bin", "/data/cache/a/b.bin", "/data/cache/a/c.bin")}


@pytest.mark.parametrize(
    "folder", ["/etc/cron.d", "/usr/bin", "/root/.ssh", "/lib/systemd/system", "/tmp", "/home/bob/.ssh", ""]
)
def test_precious_folders_do_not_collapse(folder: str) -> None:
    """Where each file means something of its own, the next one is not normal because there are many."""
    files = [f"{folder}/{name}" for name in "abcdefghijklmnopqrstuvwxyz"]
    assert set(collapse(files)) == set(files)


@given(st.lists(st.text("ab/", min_size=1, max_size=6).map(lambda text: "/data/" + text), max_size=30))
def test_collapse_keeps_what_it_was_given(paths: list[str]) -> None:
    """Every path falls under one of the patterns, and every pattern shows examples that were there."""
    paths = [path for path in paths if "//" not in path and not path.endswith("/")]
    collapsed = collapse(paths, many=3)
    patterns = Patterns(collapsed)
    assert all(patterns.find(path) is not None for path in paths)
    assert all(example in paths and matches(pattern, example) for pattern, several in collapsed.items() for example in several)
