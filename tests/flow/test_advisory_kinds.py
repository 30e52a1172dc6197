"""A document is told by what is inside it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.flow.advisory_kinds import KINDS, OWN, feed_name, kind_of, rank_of, read
from periderm.model.advisory import Advisory, Exploitation
from periderm.model.advisory_build import FeedDocument, Refused
from periderm.model.errors import FormatError

OSV = {
    "id": "GHSA-a",
    "modified": "2024-01-01T00:00:00Z",
    "affected": [
        {"package": {"ecosystem": "npm", "name": "shop"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}
    ],
}
DEBIAN = {"shop": {"CVE-2024-0001": {"releases": {"sid": {"status": "open"}}}}}
ALPINE = {
    "distroversion": "v3.19",
    "reponame": "main",
    "packages": [{"pkg": {"name": "shop", "secfixes": {"1-r0": ["CVE-2024-0001"]}}}],
}
KEV = {"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2024-0001", "dateAdded": "2024-01-01"}]}
PHP = "reference: composer://a/b\nbranches:\n  '1.x':\n    versions: ['<1.2']\n"
RUST = (
    '```toml\n[advisory]\nid = "RUSTSEC-2024-0001"\npackage = "shop"\ndate = "2024-01-01"\n'
    '[versions]\npatched = [">= 1"]\n```\n# t\n'
)
YAML = (
    'id: GHSA-y\nmodified: "2024-01-01T00:00:00Z"\n'
    'affected:\n- package:\n    ecosystem: npm\n    name: shop\n  versions: ["1"]\n'
)
VEX = {
    "metadata": {"author": "Canonical Ltd."},
    "statements": [
        {
            "vulnerability": {"name": "CVE-2024-0001"},
            "status": "affected",
            "products": [{"@id": "pkg:deb/ubuntu/shop@1?arch=source&distro=jammy"}],
        }
    ],
}


def csaf(namespace: str, platform: str, cpe: str, purl: str) -> dict[str, Any]:
    """A vendor's document with one affected package."""
    branches = [
        {"product": {"product_id": platform, "product_identification_helper": {"cpe": cpe}}},
        {"product": {"product_id": "shop", "product_identification_helper": {"purl": purl}}},
    ]
    relation = {"product_reference": "shop", "relates_to_product_reference": platform, "full_product_name": {"product_id": "p"}}
    return {
        "document": {"publisher": {"namespace": namespace}},
        "product_tree": {"branches": branches, "relationships": [relation]},
        "vulnerabilities": [{"cve": "CVE-2024-0001", "product_status": {"known_affected": ["p"]}}],
    }


REDHAT = csaf("https://www.redhat.com", "rhel", "cpe:/o:redhat:enterprise_linux:9", "pkg:rpm/redhat/shop")
SUSE = csaf("https://www.suse.com/", "SUSE Linux Enterprise Server 15 SP6", "", "pkg:rpm/suse/shop@")

DOCUMENTS = {
    "osv": ("a.json", json.dumps(OSV)),
    "debian": ("anything", json.dumps(DEBIAN)),
    "alpine": ("main.json", json.dumps(ALPINE)),
    "kev": ("k.json", json.dumps(KEV)),
    "epss": ("e.csv", "cve,epss,percentile\nCVE-2024-0001,0.5,0.5\n"),
    "friendsofphp": ("a/b/c.yaml", PHP),
    "osv-yaml": ("vulns/shop/GHSA-y.yaml", YAML),
    "rustsec": ("crates/shop/RUSTSEC-2024-0001.md", RUST),
    "ubuntu-vex": ("v.json", json.dumps(VEX)),
    "redhat": ("cve-1.json", json.dumps(REDHAT)),
    "suse": ("cve-1.json", json.dumps(SUSE)),
}  # fmt: skip


def document(name: str, text: str) -> FeedDocument:
    """A document of a text."""
    return FeedDocument(name, text.encode())


def test_every_kind_has_an_example() -> None:
    """What is added to the table is added here."""
    assert set(DOCUMENTS) == set(KINDS)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_kinds(kind: str) -> None:
    """Each is told, and what its reader gives is no refusal."""
    made = document(*DOCUMENTS[kind])
    assert kind_of(made) == kind
    (record,) = read(made, kind)
    assert isinstance(record, Advisory | Exploitation), record


def test_shapes_of_osv() -> None:
    """An array, and one record a line."""
    text = json.dumps(OSV)
    assert kind_of(document("all.json", f"[{text}]")) == "osv"
    assert kind_of(document("all.jsonl", f"{text}\n{text}\n")) == "osv"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LICENSE", "Creative Commons"),
        (".github/workflows/php.yaml", PHP),
        ("README.md", "# Advisories"),
        ("x.yaml", "on: push\n"),
        ("index.json", '{"version": 1}'),
        ("a.json", '{"statements": [], "author": "somebody"}'),
        ("x.png", "\x89PNG"),
        ("empty", ""),
    ],
)
def test_what_is_no_advisory(name: str, text: str) -> None:
    """Files beside the records are skipped."""
    assert kind_of(document(name, text)) == ""


def test_a_feed_that_is_damaged() -> None:
    """What begins like one and breaks off is an error, and no file to be skipped."""
    with pytest.raises(FormatError):
        kind_of(document("d.json", json.dumps(DEBIAN)[:-3]))
    (record,) = read(document("k.json", '{"vulnerabilities": 5}'), "kev")
    assert isinstance(record, Refused)


def test_whose_word_leads() -> None:
    """A distribution's own document before the record that was made from it."""
    assert rank_of("debian") == OWN > rank_of("osv")


@pytest.mark.parametrize(
    ("kinds", "ecosystems", "name"),
    [
        ({"osv-yaml"}, {"PyPI": 6800}, "PyPI"),
        ({"friendsofphp"}, {"Packagist": 1592}, "PHP"),
        ({"rustsec"}, {"crates.io": 1212}, "Rust"),
        ({"alpine"}, {"Wolfi": 9}, "Wolfi"),
        ({"osv"}, {"Go": 4000, "npm": 3}, "Go"),
        ({"osv"}, {"Go": 40, "npm": 60}, "npm+Go"),
        ({"osv", "osv-yaml", "debian"}, dict.fromkeys("abcde", 1), "OSV+debian"),
        ({"kev"}, {}, "KEV"),
        ({"epss", "kev", "debian"}, {"Debian": 7}, "Debian+EPSS+KEV"),
        ({"osv"}, {}, "OSV"),
        (set(), {}, ""),
    ],
)
def test_what_a_feed_is_called(kinds: set[str], ecosystems: dict[str, int], name: str) -> None:
    """By whose packages it speaks of, not by the form of its files."""
    assert feed_name(kinds, ecosystems) == name


def test_families_of_secdb() -> None:
    """Wolfi's documents are told by their names, since they have no other sign."""
    told = {**ALPINE, "distroversion": "", "apkurl": "x"}
    (record,) = read(document("wolfi/security.json", json.dumps(told)), "alpine")
    assert isinstance(record, Advisory)
    assert record.affected[0].package.ecosystem == "Wolfi"
