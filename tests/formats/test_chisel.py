"""Manifests of chiselled Ubuntu images."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.chisel import LARGEST, PATH, read
from periderm.model.errors import FormatError, LimitError

LINES: list[dict[str, Any]] = [
    {"jsonwall": "1.0", "schema": "1.0", "count": 6},
    {"kind": "content", "slice": "hello_bins", "path": "/usr/bin/hello"},
    {"kind": "content", "slice": "base-files_var", "path": "/var/lib/"},
    {"kind": "package", "name": "hello", "version": "2.10-2ubuntu4", "sha256": "ab", "arch": "amd64"},
    {"kind": "path", "path": "/usr/bin/hello", "mode": "0755", "slices": ["hello_bins"]},
    {"kind": "slice", "name": "hello_bins"},
]


def wall(lines: list[dict[str, Any]]) -> bytes:
    """A manifest."""
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    return zstandard.ZstdCompressor().compress(text.encode())


def test_packages_and_their_files() -> None:
    """Name, version, architecture; the files of each package's slices, without folders."""
    facts = read(wall(LINES), PATH)
    (package,) = facts.packages
    assert (package.name, package.version, package.architecture) == ("hello", "2.10-2ubuntu4", "amd64")
    assert (package.type, package.purl, package.hashes, package.path) == ("deb", "", ("sha256:ab",), PATH)
    assert [(o.owner, o.paths) for o in facts.owned] == [("deb:hello", ("usr/bin/hello",))]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not zstd",
        wall(LINES)[:-8],
        wall(LINES[1:]),
        zstandard.ZstdCompressor().compress(b'{"jsonwall":1}\n{"kind":"package"'),
    ],
)
def test_damage(data: bytes) -> None:
    """What is no manifest, is cut off, or has a line that is none."""
    with pytest.raises(FormatError):
        read(data, PATH)


def test_a_bomb() -> None:
    """It is refused before it is there."""
    with pytest.raises(LimitError):
        read(zstandard.ZstdCompressor().compress(b" " * (LARGEST + 1)), PATH)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes(data: bytes, packed: bool) -> None:
    """No bytes do anything but parse or raise FormatError."""
    text = zstandard.ZstdCompressor().compress(b'{"jsonwall":"1.0"}\n{"kind":"package",' + data) if packed else data
    with contextlib.suppress(FormatError):
        read(text, PATH)
