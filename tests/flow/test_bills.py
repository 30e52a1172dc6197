"""Telling bills of materials apart."""

from __future__ import annotations

import json

import pytest

from periderm.flow.bills import read_bill
from periderm.formats.cyclonedx import writing as cyclonedx
from periderm.formats.spdx import writing as spdx
from periderm.model.errors import FormatError
from tests.formats.cyclonedx.test_markup import BOM
from tests.formats.spdx.test_linked import GRAPH
from tests.formats.spdx.test_tags import DOCUMENT
from tests.reports import packages, report


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (cyclonedx.write(report()), len(packages())),
        (spdx.write(report()), len(packages())),
        (BOM.format(encoding="utf-8", sha1="a" * 40).encode(), 3),
        (BOM.format(encoding="utf-16", sha1="a" * 40).encode("utf-16"), 3),
        (DOCUMENT.encode(), 1),
        (json.dumps(GRAPH).encode(), 2),
        (b"\xef\xbb\xbf" + cyclonedx.write(report()), len(packages())),
    ],
    ids=["cyclonedx", "spdx", "xml", "xml-utf-16", "tags", "spdx-3", "byte-order-mark"],
)
def test_every_form(data: bytes, count: int) -> None:
    """Each is read by the format that knows it."""
    assert len(read_bill(data, "x").packages) == count


@pytest.mark.parametrize("data", [b"", b"hello", b"{}", b"<html/>", b"\x7fELF", b"[" * 100_000])
def test_what_is_none(data: bytes) -> None:
    """Anything else is one sentence that names the file."""
    with pytest.raises(FormatError):
        read_bill(data, "x.json")
