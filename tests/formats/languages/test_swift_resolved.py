"""Swift's lock file."""

from __future__ import annotations

import json

import pytest

from periderm.formats.languages.swift_resolved import FORMAT
from tests.formats.languages.samples import SWIFT_1, SWIFT_3, read


def test_versions_1_and_3() -> None:
    """Named by the repository; a branch has no version; a registry's package has its scope."""
    assert read(FORMAT, SWIFT_1, "app/Package.resolved") == ["pkg:swift/github.com/apple/swift-nio@2.40.0"]
    assert read(FORMAT, SWIFT_3, "app/Package.resolved") == [
        "pkg:swift/github.com/Alamofire/Alamofire@5.4.3",
        "pkg:swift/mona/linkedlist@1.2.0",
    ]
    assert FORMAT.read(SWIFT_1.encode(), "Package.resolved").packages[0].name == "github.com/apple/swift-nio"


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/a/b",
        "https://user:x@github.com/a/b.git/",
        "git@github.com:a/b.git",
        "ssh://git@github.com:22/a/b.git",
    ],
)
def test_addresses(address: str) -> None:
    """However it is written, it is one package."""
    pin = {"kind": "remoteSourceControl", "location": address, "state": {"version": "1.0.0"}}
    assert read(FORMAT, json.dumps({"pins": [pin], "version": 2}), "Package.resolved") == ["pkg:swift/github.com/a/b@1.0.0"]
