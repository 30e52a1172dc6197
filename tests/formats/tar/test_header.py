"""One tar header."""

from __future__ import annotations

import contextlib
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.tar import header
from periderm.model.errors import FormatError


def block(**fields: object) -> bytearray:
    """A good header of a small file, some fields changed before the sum is made."""
    info = tarfile.TarInfo("a/b")
    for key, value in fields.items():
        setattr(info, key, value)
    return bytearray(info.tobuf(tarfile.GNU_FORMAT)[:512])


@given(st.integers(0, 0o7777), st.integers(0, 2**62), st.integers(0, 2**31))
def test_numbers_survive(mode: int, size: int, mtime: int) -> None:
    """What Python's writer puts in, octal or base-256, comes out."""
    head = header.parse(bytes(block(mode=mode, size=size, mtime=mtime)))
    assert (head.mode, head.size, head.mtime, head.name) == (mode, size, mtime, b"a/b")


def test_negative_numbers() -> None:
    """A time before 1970 is a number; a negative size is an attack."""
    assert header.parse(bytes(block(mtime=-5))).mtime == -5
    with pytest.raises(FormatError, match="size -5"):
        header.parse(bytes(block(size=-5)))


@given(st.integers(0, 511), st.integers(1, 255))
def test_every_changed_byte_is_noticed(at: int, add: int) -> None:
    """The checksum covers the whole block; where it does not, the header still says the same."""
    good = block()
    bad = bytearray(good)
    bad[at] = (bad[at] + add) % 256
    with contextlib.suppress(FormatError):
        assert header.parse(bytes(bad)) == header.parse(bytes(good))


@pytest.mark.parametrize("digits", [b"-0000012345\0", b"0x000012345\0", b"1_000000345\0", b"9999999999\0 "])
def test_numbers_that_are_none(digits: bytes) -> None:
    """Signs, prefixes and underscores that Python's int takes are not octal digits."""
    with pytest.raises(FormatError):
        header.number(digits, "")


@pytest.mark.parametrize(
    ("raw", "path", "escapes"),
    [
        (b"./usr/bin/env", "usr/bin/env", False),
        (b"/etc/passwd", "etc/passwd", False),
        (b"a//b/./c/", "a/b/c", False),
        (b"a/../b", "b", False),
        (b"../../etc/passwd", "etc/passwd", True),
        (b"a/../../b", "b", True),
        (b".hidden/..x", ".hidden/..x", False),
        (b"./", "", False),
        (b"caf\xe9", "caf\udce9", False),
    ],
)
def test_paths(raw: bytes, path: str, escapes: bool) -> None:
    """Every name becomes a relative path inside the root, and an attempt to leave it is told."""
    assert header.clean_path(raw) == (path, escapes)


@given(st.binary(max_size=200))
def test_no_path_leaves_the_root(raw: bytes) -> None:
    """Whatever the name, no part is empty, a dot or two dots."""
    try:
        path, _ = header.clean_path(raw)
    except FormatError:
        return
    assert not set(path.split("/")) & {".", ".."}
    assert path == "" or "" not in path.split("/")


def test_absurd_names() -> None:
    """A name longer than PATH_MAX, or with a NUL, is an error and not a path."""
    for raw in (b"a" * 5000, b"a\0b"):
        with pytest.raises(FormatError):
            header.clean_path(raw)
