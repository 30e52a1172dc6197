"""NuGet's lock files."""

from __future__ import annotations

import json

from periderm.formats.languages.nuget_lock import FORMAT
from tests.formats.languages.samples import NUGET_LOCK, PACKAGES_CONFIG, read


def test_the_lock_file() -> None:
    """Direct and transitive packages; projects are the program's own."""
    assert read(FORMAT, NUGET_LOCK, "app/packages.lock.json") == [
        "pkg:nuget/Newtonsoft.Json@12.0.1",
        "pkg:nuget/Serilog@2.10.0",
    ]


def test_version_3_of_the_lock_file() -> None:
    """Each target stands beside the version, with its framework; a table that is no target is none."""
    told = {
        "version": 3,
        "net9.0": {
            "framework": "net9.0",
            "dependencies": {
                "Serilog": {"type": "Direct", "requested": "[2.10.0, )", "resolved": "2.10.0", "contentHash": "aa=="},
                "Central": {"type": "CentralTransitive", "resolved": "1.0.1"},
                "own": {"type": "Project"},
            },
        },
        "net9.0/linux-x64": {"framework": "net9.0", "dependencies": {"Native": {"type": "Transitive", "resolved": "4.3.0"}}},
        "other": {"dependencies": {"Not.One": {"resolved": "1.0"}}},
    }
    assert read(FORMAT, json.dumps(told), "packages.lock.json") == [
        "pkg:nuget/Serilog@2.10.0",
        "pkg:nuget/Central@1.0.1",
        "pkg:nuget/Native@4.3.0",
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
