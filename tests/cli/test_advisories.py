"""`periderm advisories`: what is here is told, what is built is counted, and keys are asked for by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.test_advisories import feed
from tests.app.test_advisory_bundles import PRIVATE, PUBLIC
from tests.cli.conftest import HOSTILE, Periderm
from tests.flow.test_advisory_kinds import DEBIAN, KEV, OSV


@pytest.fixture
def feeds(tmp_path: Path) -> list[str]:
    """Three feeds and a record that is refused."""
    wrong = {**OSV, "id": "GHSA-x", "affected": []}
    return [feed(tmp_path, "osv.json", [OSV, wrong]), feed(tmp_path, "d.json", DEBIAN), feed(tmp_path, "k.json", KEV)]


def test_the_starter_set_says_so(periderm: Periderm) -> None:
    """In words and in JSON."""
    assert "Only the starter set" in periderm("advisories")[1]
    assert json.loads(periderm("advisories", "info", "--json")[1])["starter"] is True
    assert "入门集" in periderm("advisories", "--lang", "zh")[1]


def test_build_and_info(periderm: Periderm, feeds: list[str]) -> None:
    """What was read and what was refused, with the reason; afterwards it is what is in force."""
    status, out, _ = periderm("advisories", "build", *feeds)
    assert status == 0
    assert "GHSA-x): it names no package" in out
    assert "advisories of" in out
    out = periderm("advisories")[1]
    assert "osv.json" in out
    assert "Only the starter set" not in out
    report = json.loads(periderm("advisories", "build", *feeds, "--json")[1])
    beside = sum(feed["advisories"] for feed in report["info"]["feeds"] if feed["name"] == "starter")
    assert report["advisories"] == 2 + beside  # what the starter set tells of ecosystems that these feeds do not cover
    assert beside > 50


def test_search(periderm: Periderm, feeds: list[str]) -> None:
    """Ids with all that is known of them, packages with their rows."""
    periderm("advisories", "build", *feeds)
    out = periderm("advisories", "search", "CVE-2024-0001", "npm:shop", "Debian:sid:shop")[1]
    assert "known to be exploited since 2024-01-01" in out
    assert "GHSA-a" in out
    assert json.loads(periderm("advisories", "search", "GHSA-a", "--json")[1])[0]["advisory"]["id"] == "GHSA-a"
    status, _, err = periderm("advisories", "search", "CVE-1999-0001")
    assert status == 4
    assert "CVE-1999-0001" in err


def test_search_in_the_starter_set(periderm: Periderm) -> None:
    """Log4Shell is found without a network, with its score."""
    out = periderm("advisories", "search", "CVE-2021-44228", "Maven:org.apache.logging.log4j:log4j-core")[1]
    assert "CVSS 10.0" in out
    assert ">= 2.13.0 < 2.15.0" in out


def test_foreign_text_is_harmless(periderm: Periderm, tmp_path: Path) -> None:
    """No record writes to the terminal."""
    periderm("advisories", "build", feed(tmp_path, "o.json", {**OSV, "summary": HOSTILE, "references": [{"url": HOSTILE}]}))
    assert "\x1b" not in periderm("advisories", "search", "GHSA-a")[1]


def test_bundles(periderm: Periderm, feeds: list[str], tmp_path: Path) -> None:
    """Made with a private key, verified and imported with the public one."""
    (tmp_path / "key").write_bytes(PRIVATE)
    (tmp_path / "key.pub").write_bytes(PUBLIC)
    periderm("advisories", "build", *feeds)
    bundle = str(tmp_path / "a.bundle")
    assert periderm("advisories", "bundle", bundle, "--key", str(tmp_path / "key"))[0] == 0
    for action in ("verify", "import"):
        status, out, err = periderm("advisories", action, bundle, "--key", str(tmp_path / "key.pub"), "--json")
        assert status == 0, err
        assert len(json.loads(out)["sha256"]) == 64


@pytest.mark.parametrize(
    "arguments",
    [
        ("info", "x"),
        ("build",),
        ("search",),
        ("bundle", "x"),
        ("import", "x"),
        ("verify",),
        ("import", "x", "--key", "/none"),
        ("update", "nonsense"),
        ("update", "--mirror", "http://mirror.example/"),
    ],
)
def test_wrong_arguments(periderm: Periderm, arguments: tuple[str, ...]) -> None:
    """One sentence, what to do, and the status of a wrong call; nothing is fetched."""
    status, _, err = periderm("advisories", *arguments)
    assert status == 2
    assert len(err.splitlines()) == 2


def test_a_feed_that_is_none(periderm: Periderm, tmp_path: Path) -> None:
    """It is named, without a traceback."""
    status, _, err = periderm("advisories", "build", str(tmp_path))
    assert status == 5
    assert "holds no advisories" in err
