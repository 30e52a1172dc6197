"""os-release(5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import os_release
from periderm.model.errors import LimitError
from periderm.model.image import OsRelease


def test_quotes_and_comments() -> None:
    """Single, double and no quotes, escapes, comments; a later line replaces an earlier one."""
    data = b'# c\nID=alpine\nID=\'debian\'\nVERSION_ID="12"\nPRETTY_NAME="A \\"B\\" \\$C"\nBROKEN\n#ID=x\n'
    assert os_release.parse(data) == OsRelease("debian", "12", 'A "B" $C')


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    """No bytes are an error; what is missing is empty."""
    assert isinstance(os_release.parse(data).id, str)


def test_too_long() -> None:
    """It has a limit."""
    with pytest.raises(LimitError):
        os_release.parse(b"x" * (os_release.LARGEST + 1))


def test_all_that_is_told() -> None:
    """The families it is like, the code name, the end of support; `read` gives the same."""
    data = b'ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_CODENAME=x\nSUPPORT_END=2032-05-31\n'
    told = os_release.parse(data)
    assert (told.like, told.codename, told.support_end) == (("rhel", "centos", "fedora"), "x", "2032-05-31")
    assert os_release.read(data, "etc/os-release").os == told
