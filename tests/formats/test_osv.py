"""OSV records in all their shapes: what they say of which versions, in whatever order they say it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.versions.order import compare, contains
from periderm.formats import osv
from periderm.model.advisory import Advisory, Affected, PackageName, Verdict
from periderm.model.advisory_build import Refused
from periderm.model.errors import FormatError
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange


def record(**more: Any) -> dict[str, Any]:
    """A small record of PyPI."""
    made: dict[str, Any] = {
        "id": "PYSEC-2024-1",
        "modified": "2024-02-03T04:05:06Z",
        "published": "2024-01-02T03:04:05Z",
        "aliases": ["CVE-2024-1", "GHSA-xxxx-yyyy-zzzz"],
        "summary": "Shop trusts its caller",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [affected()],
        "references": [{"type": "WEB", "url": "https://shop.example/1"}, {"type": "WEB", "url": None}],
        "database_specific": {"severity": "MODERATE", "cwe_ids": ["CWE-79"]},
    }
    return {**made, **more}


def affected(*events: dict[str, str], ecosystem: str = "PyPI", name: str = "Shop_Py", **more: Any) -> dict[str, Any]:
    """What is told of one package."""
    told = list(events) or [{"introduced": "0"}, {"fixed": "2.0"}]
    ranges = [{"type": "ECOSYSTEM", "events": told}]
    return {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}


def one(value: object) -> Advisory:
    """The one advisory of a document."""
    (found,) = osv.parse(json.dumps(value).encode(), compare, contains, where="a.json")
    assert isinstance(found, Advisory), found
    return found


def ranges(*events: dict[str, str], ecosystem: str = "PyPI") -> tuple[VersionRange, ...]:
    """What a list of events means."""
    return one(record(affected=[affected(*events, ecosystem=ecosystem)])).affected[0].ranges


def test_a_record() -> None:
    """Every field that is used, each in its place."""
    found = one(record())
    assert found.id == "PYSEC-2024-1"
    assert found.source == "osv"
    assert found.aliases == ("CVE-2024-1", "GHSA-xxxx-yyyy-zzzz")
    assert found.severity is Severity.MEDIUM
    assert found.scores[0].source == "pypa"
    assert found.cwes == ("CWE-79",)
    assert found.references == ("https://shop.example/1",)
    assert found.published < found.modified
    assert found.affected == (
        Affected(package=PackageName("PyPI", "shop-py"), scheme=Scheme.PEP440, ranges=(VersionRange(fixed="2.0"),)),
    )


def test_times_of_year_one() -> None:
    """Go's database writes year 1 for never."""
    found = one(record(modified="0001-01-01T00:00:00Z", published="0001-01-01T00:00:00Z"))
    assert (found.modified, found.published) == (0, 0)


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([{"introduced": "0"}], [VersionRange()]),
        ([{"introduced": "1.0"}, {"last_affected": "1.5"}], [VersionRange(introduced="1.0", last_affected="1.5")]),
        ([{"fixed": "2.0"}, {"introduced": "0"}], [VersionRange(fixed="2.0")]),
        (
            [{"introduced": "3.0"}, {"fixed": "3.2"}, {"introduced": "0"}, {"fixed": "1.9"}],
            [VersionRange(fixed="1.9"), VersionRange(introduced="3.0", fixed="3.2")],
        ),
        ([{"introduced": "0"}, {"fixed": "1.10"}, {"introduced": "1.9"}], [VersionRange(fixed="1.10")]),
        ([{"introduced": "0"}, {"limit": "*"}], [VersionRange()]),
        ([{"introduced": "0"}, {"limit": "4.0"}], [VersionRange(fixed="4.0")]),
        ([{"fixed": "2.0"}], []),
    ],
)
def test_events(events: list[dict[str, str]], wanted: list[VersionRange]) -> None:
    """Events count in the order of versions, not in the order in which they are written."""
    entry = affected(*events, versions=["0.1"])
    assert list(one(record(affected=[entry])).affected[0].ranges) == wanted


@settings(max_examples=40)
@given(st.lists(st.integers(1, 30), min_size=2, max_size=6, unique=True), st.randoms())
def test_order_does_not_matter(numbers: list[int], chance: Any) -> None:
    """Any order of the same events means the same."""
    events = [{("fixed" if place % 2 else "introduced"): f"{n}.0"} for place, n in enumerate(sorted(numbers))]
    mixed = [*events]
    chance.shuffle(mixed)
    for version in (f"{n}.5" for n in range(31)):
        told = [any(contains(Scheme.PEP440, version, r) for r in ranges(*each)) for each in (events, mixed)]
        assert told[0] == told[1]


def test_versions_beside_ranges() -> None:
    """Single versions are kept where no range holds them; of a distribution's, none."""
    entry = affected(versions=["1.0", "1.5", "2.4"])
    assert one(record(affected=[entry])).affected[0].versions == ("2.4",)
    entry = affected(versions=["1.0", "0.4m2", "final"])
    assert one(record(affected=[entry])).affected[0].versions == ("0.4m2", "final"), "what has no place is in no range"
    entry = affected({"introduced": "0"}, versions=["1.0", "0.4m2"])
    assert one(record(affected=[entry])).affected[0].versions == (), "all versions are all versions"
    entry = affected({"introduced": "0"}, {"last_affected": "1.0"}, versions=["1.0+cpu", "1.0.post1"])
    assert one(record(affected=[entry])).affected[0].versions == ("1.0.post1",), "as matching itself asks"
    entry = affected(ecosystem="Debian:12", name="shop", versions=["1.0-1"])
    assert one(record(id="DSA-1", affected=[entry])).affected[0].versions == ()
    entry = {"package": {"ecosystem": "npm", "name": "shop"}, "versions": ["1.0.0"]}
    assert one(record(affected=[entry])).affected[0].versions == ("1.0.0",)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, "commits only"),
        (affected(ecosystem="Nowhere"), "'Nowhere' is not known"),
        ({"package": {"ecosystem": "PyPI", "name": "x"}, "ranges": [{"type": "GIT", "events": []}]}, "commits only"),
    ],
)
def test_what_nobody_can_match(entry: dict[str, Any], why: str) -> None:
    """It is refused with its reason, and not lost."""
    (found,) = osv.parse(json.dumps(record(affected=[entry])).encode(), compare, contains, where="a.json")
    assert isinstance(found, Refused)
    assert why in found.why
    assert found.where == "a.json (PYSEC-2024-1)"


def test_withdrawn() -> None:
    """It is told as withdrawn, whatever its time is, also without packages."""
    assert one(record(withdrawn="2024-03-01T00:00:00Z")).withdrawn > 1
    assert one(record(withdrawn="yesterday", affected=[])).withdrawn == 1


@pytest.mark.parametrize(
    ("identity", "source"),
    [
        ("UBUNTU-CVE-2024-1", "ubuntu"),
        ("DSA-1-1", "debian"),
        ("RHSA-2024:1", "redhat"),
        ("SUSE-SU-2024:1-1", "suse"),
        ("ALPINE-CVE-2024-1", "alpine"),
        ("GHSA-a", "osv"),
    ],
)
def test_whose_word_it_is(identity: str, source: str) -> None:
    """A distribution's records are known as its own."""
    assert one(record(id=identity)).source == source


def test_bulletins_that_name_their_cves_as_related() -> None:
    """Older bulletins of distributions say under `related` what they are about; upstream's never do."""
    entry = affected(ecosystem="AlmaLinux:9", name="curl")
    told = {"aliases": [], "related": ["CVE-2024-0002", "ALSA-2024:7"], "affected": [entry]}
    assert one(record(id="ALSA-2024:1", **told)).upstream == ("CVE-2024-0002",)
    assert one(record(aliases=[], related=["CVE-2024-0002"])).upstream == ()


def test_ubuntu_pro() -> None:
    """Where only Pro has a fix, the plain release is affected and will not be fixed; where it has one, nothing is made up."""
    pro = affected({"introduced": "0"}, {"fixed": "1.0-1+esm1"}, ecosystem="Ubuntu:Pro:16.04:LTS", name="shop")
    found = one(record(id="UBUNTU-CVE-2024-1", affected=[pro])).affected
    assert [a.package.ecosystem for a in found] == ["Ubuntu:Pro:16.04", "Ubuntu:16.04"]
    assert found[1].verdict is Verdict.WILL_NOT_FIX
    assert "1.0-1+esm1" in found[1].note
    plain = affected(ecosystem="Ubuntu:16.04:LTS", name="shop")
    assert len(one(record(id="UBUNTU-CVE-2024-1", affected=[pro, plain])).affected) == 2


def test_ubuntu_priority() -> None:
    """Canonical's own word counts, and is no vector."""
    found = one(record(id="UBUNTU-CVE-2024-1", database_specific=None, severity=[{"type": "Ubuntu", "score": "negligible"}]))
    assert found.severity is Severity.INFORMATIONAL
    assert found.scores == ()


def test_suse_lists_its_binaries() -> None:
    """Each binary package with the version of the update."""
    entry = affected(
        ecosystem="SUSE:Linux Enterprise Server 15 SP5", name="curl", ecosystem_specific={"binaries": [{"libcurl4": "8.0-1"}]}
    )
    found = one(record(id="SUSE-SU-2024:1-1", affected=[entry])).affected
    assert [(a.package.name, a.ranges[0].fixed) for a in found] == [("curl", "2.0"), ("libcurl4", "8.0-1")]
    assert {a.package.ecosystem for a in found} == {"SUSE:15.5"}


def test_symbols() -> None:
    """Go's imports with their symbols; Rust's functions."""
    go = affected(
        ecosystem="Go",
        name="stdlib",
        ecosystem_specific={"imports": [{"path": "net/http", "symbols": ["Get"]}, {"path": "os"}]},
    )
    assert one(record(affected=[go])).affected[0].symbols == ("net/http.Get", "os")
    rust = affected(ecosystem="crates.io", name="time", ecosystem_specific={"affects": {"functions": ["time::at"]}})
    assert one(record(affected=[rust])).affected[0].symbols == ("time::at",)


def test_documents_of_many() -> None:
    """An array, and one record a line; a wrong one among them is refused by its number."""
    array = json.dumps([record(), {"id": 5}, record(id="B-1")]).encode()
    found = list(osv.parse(array, compare, contains, where="all.json"))
    assert [isinstance(f, Advisory) for f in found] == [True, False, True]
    assert isinstance(found[1], Refused)
    assert found[1].where == "all.json#1"
    lines = b"\n".join(json.dumps(r).encode() for r in (record(), record(id="B-1")))
    assert len(list(osv.parse(lines, compare, contains))) == 2


@pytest.mark.parametrize("data", [b"", b"no", b"{", b"[1", b"\xff\xfe", b"[" * 10_000])
def test_no_document(data: bytes) -> None:
    """What is none says so, and nothing else escapes."""
    try:
        found = list(osv.parse(data, compare, contains))
    except FormatError:
        return
    assert all(isinstance(f, Refused) for f in found)


def test_plain_data() -> None:
    """The same record from YAML, whose scalars are texts."""
    assert osv.from_plain(record(), compare, contains) == one(record())
    assert isinstance(osv.from_plain({"id": "x", "affected": "y"}, compare, contains), Refused)
