"""Which files are compared with their packages, and by what sums."""

from __future__ import annotations

import hashlib

import pytest

from periderm.engines.image.system_files import is_checked, is_program, sums_of


@pytest.mark.parametrize(
    ("path", "checked"),
    [
        ("usr/bin/bash", True),
        ("usr/lib/x86_64-linux-gnu/libc.so.6", True),
        ("lib/security/pam_unix.so", True),
        ("usr/lib/python3/dist-packages/x.cpython.so", False),
        ("usr/local/bin/x", False),
        ("etc/cron.daily/x", True),
        ("lib/systemd/system/x.service", True),
        ("etc/default/cron", False),
        ("etc/passwd", False),
        ("srv/lib.so", False),
    ],
)
def test_paths(path: str, checked: bool) -> None:
    """Programs and libraries of the system, and not those of languages."""
    assert is_checked(path) is checked


def test_what_root_starts_is_no_program() -> None:
    """Both are compared; a changed program is worse."""
    assert is_program("usr/bin/bash")
    assert not is_program("etc/cron.daily/x")
    assert not is_program("usr/lib/systemd/system/x.service")


def test_sums() -> None:
    """MD5 for Debian's programs, SHA-1 for those of musl, both for scripts."""
    glibc, musl, script = b"\x7fELF glibc", b"\x7fELF ld-musl-x86_64.so.1", b"#!/bin/sh\n"
    assert sums_of(glibc) == "md5:" + hashlib.md5(glibc, usedforsecurity=False).hexdigest()
    assert sums_of(musl) == "sha1:" + hashlib.sha1(musl, usedforsecurity=False).hexdigest()
    assert [part.partition(":")[0] for part in sums_of(script).split()] == ["md5", "sha1"]
