"""SPDX in tag-value form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.spdx.reading import read
from periderm.formats.spdx.tags import from_tags
from periderm.model.errors import FormatError

DOCUMENT = """# a comment
SPDXVersion: SPDX-2.3
DataLicense: CC0-1.0
SPDXID: SPDXRef-DOCUMENT
DocumentName: shop
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-App

PackageName: app
SPDXID: SPDXRef-App
PackageVersion: 1

PackageName: requests
SPDXID: SPDXRef-Requests
PackageVersion: 2.19.0
PackageLicenseDeclared: Apache-2.0
PackageChecksum: SHA256: {sha}
ExternalRef: PACKAGE-MANAGER purl pkg:pypi/requests@2.19.0
PackageComment: <text>PackageName: not one
nor this</text>

FileName: ./a.py
SPDXID: SPDXRef-File
"""


def test_the_same_as_json() -> None:
    """The same packages come out; a text of several lines holds no tags; files are no packages."""
    made = read(DOCUMENT.format(sha="a" * 64).encode())
    assert [(p.name, p.version, p.licence) for p in made.packages] == [("requests", "2.19.0", "Apache-2.0")]
    assert made.packages[0].hashes == ("sha256:" + "a" * 64,)
    assert made.reference == "app"


def test_other_files() -> None:
    """A file that does not say that it is SPDX is none."""
    with pytest.raises(FormatError):
        from_tags(b"PackageName: x\n")


@given(st.binary(max_size=300))
def test_hostile(data: bytes) -> None:
    """Any lines give a document or one sentence."""
    assert from_tags(b"SPDXVersion: SPDX-2.3\n" + data)["spdxVersion"]
