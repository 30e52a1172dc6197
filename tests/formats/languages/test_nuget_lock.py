"""NuGet's lock files."""

from __future__ import annotations

from periderm.formats.languages.nuget_lock import FORMAT
from tests.formats.languages.samples import NUGET_LOCK, PACKAGES_CONFIG, read


def test_the_lock_file() -> None:
    """Direct and transitive packages; projects are the program's own."""
    assert read(FORMAT, NUGET_LOCK, "app/packages.lock.json") == [
        "pkg:nuget/Newtonsoft.Json@12.0.1",
        "pkg:nuget/Serilog@2.10.0",
    ]


def test_packages_config() -> None:
    """Both kinds of quotes; what is commented out is gone."""
    assert read(FORMAT, PACKAGES_CONFIG, "app/packages.config") == [
        "pkg:nuget/Newtonsoft.Json@12.0.1",
        "pkg:nuget/StyleCop@1.1.118 development",
    ]


def test_entities_mean_nothing() -> None:
    """No entity is ever expanded."""
    text = '<!DOCTYPE p [<!ENTITY a "x">]><packages><package id="&a;&a;" version="1.0"/></packages>'
    assert FORMAT.read(text.encode(), "packages.config").packages[0].name == "&a;&a;"
