"""SPDX, read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from periderm.formats.spdx import writing
from periderm.formats.spdx.reading import read
from periderm.model.errors import FormatError
from periderm.model.image import OsRelease, Package
from tests.reports import LAYERS, packages, report


def comparable(package: Package) -> Package:
    """Without what a bill of materials cannot hold: digests of odd kinds, and who is meant by a bare name."""
    hashes = tuple(h for h in package.hashes if h.startswith(("sha1:", "sha256:")))
    return msgspec.structs.replace(package, hashes=hashes, dependencies=())


def test_round_trip() -> None:
    """Our own document gives the same packages, system, layers and target again: an SBOM is as good an input."""
    again = read(writing.write(report()))
    told = report().inventory
    assert (again.digest, again.reference, again.os, again.layers) == (told.digest, told.reference, told.os, LAYERS)
    assert {comparable(p) for p in packages()[:-1]} <= {comparable(p) for p in again.packages}
    assert len(again.packages) == len(packages())
    assert again.not_examined[0] == "The rest of layer 2 was not read."


def package(name: str, purl: str = "", **more: Any) -> dict[str, Any]:
    """One of somebody else."""
    refs = [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": purl}] if purl else []
    return {"name": name, "SPDXID": f"SPDXRef-{name}", "externalRefs": refs, **more}


@pytest.mark.parametrize("version", ["SPDX-2.2", "SPDX-2.3"])
def test_of_others(version: str) -> None:
    """The described image is the target and no package; the operating system is one; sources are understood."""
    document = {
        "spdxVersion": version,
        "name": "shop",
        "documentDescribes": ["SPDXRef-image"],
        "packages": [
            package("image", "pkg:oci/shop@sha256:1", versionInfo="1"),
            package("debian", versionInfo="12", primaryPackagePurpose="OPERATING-SYSTEM"),
            package(
                "libssl3",
                "pkg:deb/debian/libssl3@3.0.11-1",
                versionInfo="3.0.11-1",
                sourceInfo="built package from: openssl 3.0.11-0",
                attributionTexts=["LayerDiffID: sha256:5"],
                licenseDeclared="NOASSERTION",
                licenseConcluded="Apache-2.0",
            ),
            package("nameless"),
        ],
        "relationships": [
            {"spdxElementId": "SPDXRef-debian", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-libssl3"}
        ],
    }
    made = read(json.dumps(document).encode())
    assert made.os == OsRelease(id="debian", version="12")
    assert made.reference == "image"
    (ssl,) = made.packages
    assert (ssl.source, ssl.source_version, ssl.layer, ssl.licence) == ("openssl", "3.0.11-0", "sha256:5", "Apache-2.0")
    assert ssl.dependencies == ("debian",)
    assert made.not_examined == ("1 packages have no package URL, so nothing could be looked up for them.",)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{}", b"[]", b'{"spdxVersion": "SPDX-1.2"}', b'{"a":' * 5000, b"\xff\xfe", b"<a/>"]
)
def test_what_is_none(data: bytes) -> None:
    """Anything else is one sentence."""
    with pytest.raises(FormatError):
        read(data)


def test_wrong_types_are_left_out() -> None:
    """Values of a wrong type never end in a traceback."""
    odd = {"spdxVersion": "SPDX-2.3", "packages": [1, {"name": 3, "externalRefs": {}}], "relationships": [None, {}]}
    assert read(json.dumps(odd).encode()).packages == ()
