"""Reads a bill of materials of any known form: tells the forms apart, and hands the bytes to the one that knows them."""

from __future__ import annotations

from periderm.formats.cyclonedx import reading as cyclonedx
from periderm.formats.spdx import reading as spdx
from periderm.model.errors import FormatError
from periderm.model.image import ImageInventory

MOST = 512 << 20  # bytes of the largest bill that is read
_LOOK = 64 << 10


def read_bill(data: bytes, name: str) -> ImageInventory:
    """The inventory that a bill tells of; `name` is what to call it. Raises FormatError, LimitError."""
    start = data[:_LOOK].lstrip(b"\xef\xbb\xbf \t\r\n")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or start[:1] == b"<":
        return cyclonedx.read(data, name)
    if start[:1] == b"{":
        # Either word may come late in the document; the other form's word cannot be in it as a key.
        return cyclonedx.read(data, name) if b'"bomFormat"' in data else spdx.read(data, name)
    if b"SPDXVersion:" in start:
        return spdx.read(data, name)
    raise FormatError(
        "it is not a bill of materials.", "CycloneDX (JSON, XML) and SPDX (JSON, tag-value) are read.", where=name
    )
