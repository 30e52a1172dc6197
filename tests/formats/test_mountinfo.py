"""Mount tables as the kernel writes them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.mountinfo import overlay_upper, parse_mountinfo
from periderm.model.errors import FormatError

ROOT = b"77 52 0:40 / / rw,relatime shared:1 master:2 - overlay overlay rw,lowerdir=/l/A:/l/B,upperdir=%s,workdir=/w\n"


def test_the_upper_directory_of_the_root_is_found() -> None:
    """Of the overlay at `/`, not of another one."""
    data = ROOT % b"/upper/diff" + b"78 77 0:41 / /srv rw - overlay overlay rw,upperdir=/other\n"
    assert overlay_upper(parse_mountinfo(data)) == "/upper/diff"


def test_names_with_spaces_and_commas_are_read() -> None:
    """The kernel's octal escapes, in the table and in the options."""
    assert overlay_upper(parse_mountinfo(ROOT % b"/a\\040b\\054c\\134d")) == "/a b,c\\d"
    assert parse_mountinfo(b"1 0 0:1 / /a\\040b\\011c rw - tmpfs none rw\n")[0].point == "/a b\tc"


def test_no_overlay_means_no_upper_directory() -> None:
    """A plain root, and an empty table."""
    assert overlay_upper(parse_mountinfo(b"1 0 8:1 / / rw - ext4 /dev/sda1 rw\n")) == ""
    assert overlay_upper(()) == ""


def test_what_is_mounted_last_at_the_root_counts() -> None:
    """pivot_root leaves the container's overlay on top."""
    assert overlay_upper(parse_mountinfo(ROOT % b"/old" + ROOT % b"/new")) == "/new"


@pytest.mark.parametrize("data", [b"x\n", b"1 2 3 - a b c\n", b"a b 0:1 / / rw - t s o\n", b"1 2 0:1 / / rw\n"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    """With FormatError and nothing else."""
    with pytest.raises(FormatError):
        parse_mountinfo(data)


@given(st.binary(max_size=300))
def test_any_bytes_give_mounts_or_an_error(data: bytes) -> None:
    """No other outcome."""
    with contextlib.suppress(FormatError):
        overlay_upper(parse_mountinfo(data))
