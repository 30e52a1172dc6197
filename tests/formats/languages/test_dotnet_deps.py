"""What a .NET program was published with."""

from __future__ import annotations

from periderm.formats.languages.dotnet_deps import FORMAT, accept
from periderm.model.image import Origin
from tests.formats.languages.samples import DEPS_JSON


def test_packages_and_runtime() -> None:
    """The program itself is no package, its runtime is one."""
    runtime, json_ = FORMAT.read(DEPS_JSON.encode(), "app/demo.deps.json").packages
    assert runtime.purl == "pkg:nuget/Microsoft.NETCore.App.Runtime.linux-x64@8.0.1"
    assert (json_.purl, json_.dependencies) == ("pkg:nuget/Newtonsoft.Json@12.0.1", ("System.Runtime",))
    assert json_.origin is Origin.INSTALLED


def test_which_files() -> None:
    """Only those that are named so."""
    assert accept("app/demo.deps.json")
    assert not accept("app/deps.json")
