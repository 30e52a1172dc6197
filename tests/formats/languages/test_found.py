"""How packages are collected."""

from __future__ import annotations

import pytest
from hypothesis import given

from periderm.formats.languages import found
from periderm.formats.languages.found import Found, in_tests, scope_of, usable
from periderm.model.image import Origin
from tests.formats.languages.samples import purls
from tests.strategies import undecodable_text


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("app/package-lock.json", ""),
        ("package-lock.json", ""),
        ("latest/app/package-lock.json", ""),
        ("src/tests/fixtures/package-lock.json", "test"),
        ("src/__tests__/a/yarn.lock", "test"),
        ("src/Examples/a/yarn.lock", "test"),
        ("app/node_modules/a/package-lock.json", "test"),
        ("usr/lib/python3/dist-packages/a/requirements.txt", "test"),
        ("go/src/x/testdata/go.mod", "test"),
    ],
)
def test_scopes_of_places(path: str, scope: str) -> None:
    """A lock file of tests, fixtures, examples or of an installed package does not speak of what runs."""
    assert scope_of(path) == scope


def test_installed_packages_in_tests_are_installed() -> None:
    """Only what is declared gets its scope from the place."""
    place = "app/tests/node_modules/a/package.json"
    installed = Found(place, "npm", Origin.INSTALLED)
    installed.add("a", "1")
    assert purls(installed.facts()) == ["pkg:npm/a@1"]
    assert in_tests(place)


def test_the_widest_scope_wins() -> None:
    """Found twice, once for run time: it is told once, for run time, in either order."""
    for scopes in (("", "development"), ("development", "")):
        both = Found("app/x.lock", "npm")
        for scope in scopes:
            both.add("a", "1", scope=scope)
        assert purls(both.facts()) == ["pkg:npm/a@1"]


@given(undecodable_text, undecodable_text)
def test_any_names(name: str, version: str) -> None:
    """Whatever a name is, it is told whole or counted as missed, and what is told can be stored."""
    packages = Found("app/x.lock", "npm")
    packages.add(name, version, vendor=name, licence=version)
    facts = packages.facts()
    assert len(facts.packages) + len(facts.missed) == 1
    for package in facts.packages:
        str(package).encode("utf-8")
        assert usable(package.name)


@pytest.mark.parametrize("name", ["", "a\x00b", "a\nb", "../etc", "a/../b", ".", "a b", "\u202egpj.exe", "x" * 600, "\udcff"])
def test_names_that_cannot_be(name: str) -> None:
    """Controls, blanks, steps upwards, turned text and endless names are no packages, and that is said."""
    packages = Found("app/x.lock", "npm")
    packages.add(name, "1")
    assert not packages.facts().packages
    assert packages.facts().missed


def test_limits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies beyond the most packages is counted."""
    monkeypatch.setattr(found, "MOST_PACKAGES", 3)
    packages = Found("app/x.lock", "npm")
    for number in range(5):
        packages.add("a", f"{number}.0")
    packages.add("a", "1.0")  # known: no further one
    facts = packages.facts()
    assert len(facts.packages) == 3
    assert "2 packages beyond 3" in facts.missed[0].en
    assert "2" in facts.missed[0].zh


def test_dependencies_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name once, and not endlessly many."""
    monkeypatch.setattr(found, "MOST_DEPENDENCIES", 2)
    packages = Found("app/x.lock", "npm")
    packages.add("a", "1", dependencies=("b", "b", "../c", "d", "e"))
    assert packages.facts().packages[0].dependencies == ("b", "d")


def test_foreign_texts_are_one_line() -> None:
    """A licence or a vendor cannot break a table."""
    packages = Found("app/x.lock", "npm")
    packages.add("a", "1", licence="MIT\n\x1b[31m or so" + "x" * 5000)
    assert packages.facts().packages[0].licence.startswith("MIT [31m or so")
    assert len(packages.facts().packages[0].licence) == found.LONGEST
