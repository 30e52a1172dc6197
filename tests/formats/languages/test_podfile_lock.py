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


def test_where_pods_come_from() -> None:
    """A library whose description comes from elsewhere is no part of the project; one from git tells its commit."""
    text = """\
PODS:
  - boost (1.83.0)
  - Shop/Core (2.1)
EXTERNAL SOURCES:
  boost:
    :podspec: "../node_modules/x/third-party-podspecs/boost.podspec"
  Shop:
    :git: https://git.example/shop.git
    :tag: "2.1"
CHECKOUT OPTIONS:
  Shop:
    :commit: 919903db28535c3f387c4bbaa6a3feae4428e993
    :git: https://git.example/shop.git
"""
    assert read(FORMAT, text, "Podfile.lock") == [
        "pkg:cocoapods/boost@1.83.0",
        "pkg:cocoapods/Shop@2.1?vcs_url=git%2Bhttps://git.example/shop.git%40919903db28535c3f387c4bbaa6a3feae4428e993#Core",
    ]
