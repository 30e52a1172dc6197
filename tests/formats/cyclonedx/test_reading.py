"""CycloneDX, read."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from periderm.formats.cyclonedx import writing
from periderm.formats.cyclonedx.reading import read
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
    expected = {comparable(p) for p in packages()[:-1]}
    assert expected <= {comparable(p) for p in again.packages}
    assert len(again.packages) == len(packages())
    assert again.not_examined[0] == "The rest of layer 2 was not read."


def document(**fields: Any) -> bytes:
    """A small document of somebody else."""
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.4", **fields}).encode()


def test_of_others() -> None:
    """Nested components, licences of every form, properties of other generators, a system by its component."""
    made = read(
        document(
            metadata={"component": {"type": "container", "name": "alpine:3.19", "version": "sha256:" + "1" * 64}},
            components=[
                {"type": "operating-system", "name": "alpine", "version": "3.19.1"},
                {
                    "type": "library",
                    "bom-ref": "a",
                    "name": "musl",
                    "version": "1.2.4-r2",
                    "purl": "pkg:apk/alpine/musl@1.2.4-r2?arch=x86_64",
                    "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "X OR Y"}}],
                    "properties": [
                        {"name": "aquasecurity:trivy:LayerDiffID", "value": "sha256:2"},
                        {"name": "syft:location:0:path", "value": "/lib/apk/db/installed"},
                        {"name": "syft:cpe23", "value": "cpe:2.3:a:musl:musl:1.2.4:*:*:*:*:*:*:*"},
                    ],
                    "components": [{"type": "library", "name": "inner", "purl": "pkg:npm/inner@1", "bom-ref": "b"}],
                },
                {"type": "library", "name": "nameless"},
                {"type": "file", "name": "/etc/passwd"},
            ],
            dependencies=[{"ref": "a", "dependsOn": ["b", "gone"]}],
        )
    )
    assert made.os == OsRelease(id="alpine", version="3.19.1")
    assert (made.digest, made.reference) == ("sha256:" + "1" * 64, "alpine:3.19")
    musl = next(p for p in made.packages if p.name == "musl")
    assert (musl.licence, musl.layer, musl.architecture) == ("MIT AND (X OR Y)", "sha256:2", "x86_64")
    assert musl.path == "lib/apk/db/installed"
    assert musl.dependencies == ("pkg:npm/inner@1",)
    assert musl.cpes == ("cpe:2.3:a:musl:musl:1.2.4:*:*:*:*:*:*:*",)
    assert [p.name for p in made.packages] == ["musl", "inner"]
    assert made.not_examined == ("1 components have no package URL, so nothing could be looked up for them.",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"bomFormat": "SPDX"}',
        b'{"a":' * 5000,
        b"\xff\xfe",
        b'{"bomFormat":"CycloneDX","components":[{"name":"\xff"}]}',
    ],
)
def test_what_is_none(data: bytes) -> None:
    """Anything else is one sentence."""
    with pytest.raises(FormatError):
        read(data)


def test_wrong_types_are_left_out() -> None:
    """Values of a wrong type never end in a traceback."""
    odd = document(metadata=[], components=[1, None, {"purl": {}, "licenses": 3, "hashes": [1]}], dependencies={"a": 1})
    assert read(odd).packages == ()


def test_a_licence_keeps_its_own_words() -> None:
    """What is written in SPDX's words for others comes back as the package tells it."""
    base = report()
    odd = msgspec.structs.replace(packages()[1], licence="Apache License, Version 2.0")
    written = writing.write(msgspec.structs.replace(base, inventory=msgspec.structs.replace(base.inventory, packages=(odd,))))
    assert json.loads(written)["components"][1]["licenses"] == [{"expression": "Apache-2.0"}]
    assert read(written).packages[0].licence == "Apache License, Version 2.0"
