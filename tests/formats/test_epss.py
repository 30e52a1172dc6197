"""EPSS: one line for each CVE, and no number that is no likelihood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats import epss
from periderm.model.advisory import Exploitation
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError

HEAD = b"#model_version:v2025.03.14,score_date:2025-09-01T12:55:00Z\ncve,epss,percentile\n"


def test_lines() -> None:
    """Numbers as they are published; wrong lines are refused by their number."""
    lines = (
        b"CVE-2024-0001,0.00043,0.09537\nCVE-2024-0002,1.5,0.1\nCVE-2024-0003,nan,0.1\nnonsense\n\nCVE-2021-44228,0.94463,1\n"
    )
    found = list(epss.parse(HEAD + lines, where="e.csv"))
    assert found[0] == Exploitation(cve="CVE-2024-0001", probability=0.00043, percentile=0.09537)
    assert found[-1] == Exploitation(cve="CVE-2021-44228", probability=0.94463, percentile=1.0)
    assert [f.where for f in found if isinstance(f, Refused)] == ["e.csv:4", "e.csv:5", "e.csv:6"]


def test_without_the_comment() -> None:
    """Older tables begin with the header."""
    (found,) = epss.parse(b"cve,epss,percentile\nCVE-2024-0001,0.1,0.2\n")
    assert isinstance(found, Exploitation)


@pytest.mark.parametrize("data", [b"", b"# only a comment\n", b"a,b\n1,2\n", b"\xff"])
def test_no_table(data: bytes) -> None:
    """Without its header it is none."""
    with pytest.raises(FormatError):
        list(epss.parse(data))


@given(st.binary(max_size=100))
def test_any_line(line: bytes) -> None:
    """Whatever follows the header, nothing raises and every likelihood is one."""
    for found in epss.parse(HEAD + line):
        assert isinstance(found, Refused) or 0 <= found.probability <= 1
