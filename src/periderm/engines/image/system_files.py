"""Which files are the system's own programs, libraries and what root starts by itself, whose content their packages vouch for;
and how to sum them.

Package managers list MD5 (dpkg: `info/*.md5sums`, deb-md5sums(5)), SHA-1 (apk: `Z:` lines, base64 behind `Q1`) or SHA-256
(rpm) of each file. Which of them is needed is told by the file itself, since nobody knows the distribution yet when a layer
is read: what is built for musl is taken for Alpine's, scripts are summed in both ways.
"""

from __future__ import annotations

import hashlib

FOLDERS = frozenset(("bin", "sbin", "usr/bin", "usr/sbin", "usr/games", "usr/libexec", "usr/lib/openssh", "usr/lib/systemd"))
_LIBRARIES = ("lib/", "lib64/", "usr/lib/", "usr/lib64/", "usr/libexec/")
_INTERPRETED = ("/python", "/perl", "/ruby", "/node_modules", "/R/", "/jvm")  # many, and their sources are not summed either
_HEAD = 1 << 16
_UNITS = ("systemd/system", "systemd/system-generators", "udev/rules.d", "apt", "cron", "init")  # below lib and usr/lib
# What root runs by the clock and at the start: small files, and few.
STARTED = frozenset(
    (
        *("etc/cron.d", "etc/cron.hourly", "etc/cron.daily", "etc/cron.weekly", "etc/cron.monthly"),
        *("etc/init.d", "etc/rc.d", "etc/rc.d/init.d", "etc/init", "etc/local.d"),
        *("etc/periodic/15min", "etc/periodic/hourly", "etc/periodic/daily", "etc/periodic/weekly", "etc/periodic/monthly"),
        *(f"{lib}/{folder}" for lib in ("lib", "usr/lib") for folder in _UNITS),
    )
)


def is_checked(path: str) -> bool:
    """Whether a file's content is compared with what its package says of it."""
    return is_program(path) or path.rpartition("/")[0] in STARTED


def is_program(path: str) -> bool:
    """Whether a file is a program or library by its place."""
    head, _, name = path.rpartition("/")
    if head in FOLDERS:
        return True
    return ".so" in name and path.startswith(_LIBRARIES) and not any(word in path for word in _INTERPRETED)


def sums_of(data: bytes) -> str:
    """'md5:HEX', 'sha1:HEX', or both with a space between. `data` may be mapped."""
    if data[:4] != b"\x7fELF":
        return f"{_md5(data)} {_sha1(data)}"
    return _sha1(data) if data.find(b"musl", 0, _HEAD) >= 0 else _md5(data)


def _md5(data: bytes) -> str:
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


def _sha1(data: bytes) -> str:
    return "sha1:" + hashlib.sha1(data, usedforsecurity=False).hexdigest()
