"""PHP's advisories: each branch an interval, and no interval guessed."""

from __future__ import annotations

from typing import Any

import pytest

from periderm.algorithms.versions.order import contains
from periderm.formats import friendsofphp
from periderm.model.advisory import Advisory, PackageName
from periderm.model.advisory_build import Refused
from periderm.model.version_range import Scheme, VersionRange

WHERE = "symfony/http-kernel/CVE-2020-0001.yaml"


def record(*versions: Any, **more: Any) -> dict[str, Any]:
    """An advisory with one branch for each list of bounds."""
    branches = {f"{n}.x": {"time": "2020-09-02 08:00:00", "versions": bounds} for n, bounds in enumerate(versions)}
    made = {"title": "Leak", "link": "https://s.example", "cve": "CVE-2020-0001", "branches": branches}
    return {**made, "reference": "composer://Symfony/Http-Kernel", **more}


def one(*versions: Any, **more: Any) -> Advisory:
    """The advisory of a record."""
    found = friendsofphp.from_plain(record(*versions, **more), where=WHERE)
    assert isinstance(found, Advisory), found
    return found


def test_a_record() -> None:
    """The package in lower case, both branches, the CVE as a name, the place in the database as the id."""
    found = one([">=4.4.0", "<4.4.13"], [">=5.0.0", "<=5.1.4"])
    assert found.id == "FOP-Symfony/Http-Kernel/CVE-2020-0001"
    assert found.aliases == ("CVE-2020-0001",)
    assert found.published > 0
    (entry,) = found.affected
    assert entry.package == PackageName("Packagist", "symfony/http-kernel")
    assert entry.scheme is Scheme.COMPOSER
    assert entry.ranges == (
        VersionRange(introduced="4.4.0", fixed="4.4.13"),
        VersionRange(introduced="5.0.0", last_affected="5.1.4"),
    )


def test_without_a_cve() -> None:
    """A tilde is YAML's nothing."""
    assert one(["<1.0"], cve="~").aliases == ()
    assert one("=1.2.3").affected[0].versions == ("1.2.3",)


def test_an_open_beginning() -> None:
    """'>3.2' does not mean 3.2 itself, and means all that comes behind it."""
    (entry,) = one([">3.2", "<3.3.0"]).affected
    held = [contains(Scheme.COMPOSER, v, entry.ranges[0]) for v in ("3.1.9", "3.2", "3.2.0", "3.2.1", "3.2.9", "3.3.0")]
    assert held == [False, False, False, True, True, False]


@pytest.mark.parametrize(
    "versions",
    [[">=1", ">=2"], ["<1", "<=2"], [">1", ">=1"], ["=1", "<2"], ["dev || x"], [], ["^1.0"], [""], ["<" + "1" * 300]],
)
def test_no_interval(versions: list[str]) -> None:
    """It is refused with what was written."""
    found = friendsofphp.from_plain(record(versions), where=WHERE)
    assert isinstance(found, Refused)
    assert "no interval" in found.why


@pytest.mark.parametrize(
    "value", [{}, {"reference": "npm://x", "branches": {}}, {"reference": "composer://a/b", "branches": {}}, [], "x", None]
)
def test_no_record(value: object) -> None:
    """Anything else is refused too."""
    assert isinstance(friendsofphp.from_plain(value, where=WHERE), Refused)
