"""CocoaPods' lock file."""

from __future__ import annotations

from periderm.formats.languages.podfile_lock import FORMAT
from tests.formats.languages.samples import PODFILE, read


def test_pods() -> None:
    """Subspecs are parts of their pod; a pod of a folder is the project's own."""
    assert read(FORMAT, PODFILE, "app/Podfile.lock") == [
        "pkg:cocoapods/AFNetworking@4.0.1",
        "pkg:cocoapods/AFNetworking@4.0.1#NSURLSession",
        "pkg:cocoapods/GoogleUtilities@7.5.2#NSData%2Bzlib",
    ]
    assert FORMAT.read(PODFILE.encode(), "Podfile.lock").packages[0].dependencies == ("AFNetworking/NSURLSession",)
