"""The starter set: every fact whole, every famous name found, and damage noticed."""

from __future__ import annotations

import json

import pytest

from periderm.adapters.advisories_memory import MemoryAdvisories, starter_bytes
from periderm.algorithms.versions.order import contains, placed
from periderm.flow import starter
from periderm.model.advisory import Advisory, PackageName
from periderm.model.errors import FormatError
from periderm.model.severity import Severity

SET = starter.read(starter_bytes())
FACTS = json.loads(starter_bytes())


def told(advisory: Advisory) -> tuple[str, ...]:
    """How the address of a record about it ends."""
    return tuple(f"/{name}" for name in (advisory.id, *advisory.aliases))


def test_it_says_that_it_is_only_the_starter_set() -> None:
    """Every report is marked with it."""
    assert SET.info.starter
    assert SET.info.digest
    assert 60 <= len(SET.advisories) <= 150


def test_each_fact_is_whole() -> None:
    """A title of our own, packages with ranges in an order that holds their bounds, a day, one rating (a vector, or a word
    where there is no vector) and the record that it was compared with."""
    assert len({a.id for a in SET.advisories}) == len(SET.advisories)
    for advisory in SET.advisories:
        assert 20 < len(advisory.summary) < 160, advisory.id
        assert advisory.severity is not Severity.UNKNOWN, advisory.id
        assert all(score.value >= 0 for score in advisory.scores), advisory.id
        assert not advisory.scores or not any(f["id"] == advisory.id and "severity" in f for f in FACTS), advisory.id
        assert advisory.published, advisory.id
        assert any(reference.endswith(told(advisory)) for reference in advisory.references), advisory.id
        for entry in advisory.affected:
            assert entry.ranges, advisory.id
            for each in entry.ranges:
                assert each.fixed or each.introduced, advisory.id
                assert not each.introduced or contains(entry.scheme, each.introduced, each), advisory.id
                if each.fixed:
                    assert placed(entry.scheme, each.fixed), advisory.id
                    assert not contains(entry.scheme, each.fixed, each), advisory.id


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "cve"),
    [
        ("Maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "CVE-2021-44228"),
        ("Maven", "org.springframework:spring-beans", "5.3.17", "CVE-2022-22965"),
        ("Maven", "org.apache.commons:commons-text", "1.9", "CVE-2022-42889"),
        ("Maven", "org.apache.struts:struts2-core", "2.3.31", "CVE-2017-5638"),
        ("PyPI", "pyyaml", "5.3.1", "CVE-2020-14343"),
        ("PyPI", "django", "4.0.3", "CVE-2022-28346"),
        ("npm", "lodash", "4.17.20", "CVE-2021-23337"),
        ("npm", "minimist", "1.2.5", "CVE-2021-44906"),
        ("Go", "stdlib", "1.22.1", "CVE-2023-45288"),
        ("crates.io", "time", "0.2.22", "CVE-2020-26235"),
        ("Packagist", "phpunit/phpunit", "5.6.2", "CVE-2017-9841"),
        ("Debian:12", "openssh", "1:9.2p1-2+deb12u2", "CVE-2024-6387"),
        ("Ubuntu:22.04", "openssh", "1:8.9p1-3ubuntu0.9", "CVE-2024-6387"),
        ("Alpine:v3.15", "zlib", "1.2.12-r1", "CVE-2022-37434"),
        ("Red Hat:9", "openssh", "8.7p1-38.el9", "CVE-2024-6387"),
        ("Red Hat:9", "openssh-server", "8.7p1-38.el9", "CVE-2024-6387"),
        ("Debian:12", "glibc", "2.36-9+deb12u5", "CVE-2024-2961"),
        ("Debian:11", "glibc", "2.31-13+deb11u6", "CVE-2023-4911"),
        ("generic", "openssl", "1.1.1m", "CVE-2022-0778"),
        ("generic", "redis", "6.2.19", "CVE-2025-49844"),
        ("generic", "xz", "5.6.1", "CVE-2024-3094"),
        ("generic", "httpd", "2.4.50", "CVE-2021-42013"),
        ("generic", "openssl", "1.0.1f", "CVE-2014-0160"),
    ],
)
def test_famous_ones_are_found(ecosystem: str, name: str, version: str, cve: str) -> None:
    """In the version before the fix, under the name that the package's reader uses."""
    package = PackageName(ecosystem, name)
    hits = MemoryAdvisories(SET.info, SET.advisories).affecting([package])[package]
    assert cve in {h.ids[0] for h in hits if any(contains(h.affected.scheme, version, r) for r in h.affected.ranges)}


@pytest.mark.parametrize(
    ("ecosystem", "name", "version", "cve"),
    [
        ("Debian:12", "glibc", "2.36-9+deb12u6", "CVE-2024-2961"),
        ("Debian:12", "openssh", "1:9.2p1-2+deb12u3", "CVE-2024-6387"),
        ("generic", "redis", "7.2.11", "CVE-2025-49844"),
        ("generic", "redis", "6.2.20", "CVE-2025-49844"),
        ("generic", "xz", "5.6.2", "CVE-2024-3094"),
        ("generic", "xz", "5.4.6", "CVE-2024-3094"),
        ("generic", "nginx", "1.20.1", "CVE-2021-23017"),
        ("generic", "openssl", "1.1.1n", "CVE-2022-0778"),
    ],
)
def test_those_with_the_fix_are_left_alone(ecosystem: str, name: str, version: str, cve: str) -> None:
    """The version that has the fix, of each branch, and those that never had the fault."""
    package = PackageName(ecosystem, name)
    hits = MemoryAdvisories(SET.info, SET.advisories).affecting([package])[package]
    assert cve not in {h.ids[0] for h in hits if any(contains(h.affected.scheme, version, r) for r in h.affected.ranges)}


def test_exploited_ones_are_marked() -> None:
    """As CISA lists them."""
    assert "CVE-2021-44228" in {e.cve for e in SET.exploitations}
    assert all(e.known_since for e in SET.exploitations)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[5]",
        json.dumps([{"id": "a", "title": "b", "affected": {"Nowhere|x": [["", "1"]]}}]).encode(),
        json.dumps([{"id": "a", "title": "b", "affected": {}, "severity": "awful"}]).encode(),
    ],
)
def test_damage(data: bytes) -> None:
    """A file that is not ours any more is a FormatError."""
    with pytest.raises(FormatError):
        starter.read(data)
