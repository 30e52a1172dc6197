"""The list of RPM packages in distroless images."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.rpm.manifest import PATH, read
from periderm.model.errors import FormatError

LINES = (
    b"openssl-libs\t1.1.1k-21.cm2\t1\t2\tMicrosoft Corporation\t(none)\t3\tx86_64\t0\topenssl-1.1.1k-21.cm2.src.rpm\n"
    b"shadow\t4.9-12.cm2\t1\t2\t(none)\t1\t3\tx86_64\t1\t(none)\n"
)


def test_packages() -> None:
    """Name, version with epoch, architecture, vendor and source package."""
    first, second = read(LINES, PATH).packages
    assert (first.name, first.version, first.architecture) == ("openssl-libs", "1.1.1k-21.cm2", "x86_64")
    assert (first.source, first.source_version, first.vendor) == ("openssl", "1.1.1k-21.cm2", "Microsoft Corporation")
    assert (second.version, second.source, second.vendor, second.path) == ("1:4.9-12.cm2", "shadow", "", PATH)


def test_a_damaged_line_hides_no_other() -> None:
    """It is told; a file of nothing else is an error."""
    told = read(LINES + b"nonsense\n\n" + b"a\t1\t1\t1\t1\t1\t1\t1\tx\t1\n", PATH)
    assert len(told.packages) == 2
    assert "2 lines" in told.missed[0].en
    with pytest.raises(FormatError):
        read(b"nonsense\n", PATH)
    assert not read(b"", PATH)


@given(st.lists(st.text(max_size=12), max_size=14).map("\t".join))
def test_any_line(line: str) -> None:
    """No line does anything but parse or raise FormatError."""
    with contextlib.suppress(FormatError):
        read(line.encode("utf-8", "surrogatepass"), PATH)
