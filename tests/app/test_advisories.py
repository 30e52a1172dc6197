"""Building, updating and searching: who may, what is found, and what is said when nothing is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from periderm.app.advisories import (
    Advisories,
    advisory_info,
    build_advisories,
    package_of,
    search_advisories,
    update_advisories,
)
from periderm.model.advisory import PackageName
from periderm.model.advisory_feeds import FEEDS, USUAL
from periderm.model.errors import AdvisoryError, DeniedError, NotFoundError, UsageError
from periderm.model.principal import Permission, Principal
from periderm.model.settings import Settings
from periderm.wiring import advisory_tools
from tests.flow.test_advisory_kinds import DEBIAN, KEV, OSV

READER = Principal(name="user:r", permissions=frozenset({Permission.READ}))


@pytest.fixture
def tools(tmp_path: Path) -> Advisories:
    """What wiring gives, over empty folders."""
    return advisory_tools(Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache")))


def feed(folder: Path, name: str, value: object) -> str:
    """A file with a feed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value), encoding="utf-8")
    return str(folder / name)


class Fetched:
    """A fetcher that writes small feeds under their own names, as the real one does; `down` cannot be fetched."""

    def __init__(self, *down: str) -> None:
        self.asked: list[str] = []
        self.down = down

    def fetch(self, feeds: Sequence[str], folder: str) -> Sequence[str]:
        (name,) = feeds
        self.asked.append(name)
        if name in self.down:
            raise AdvisoryError(f"{name} cannot be fetched.")
        for file in FEEDS[name]:
            feed(Path(folder), file.name, KEV if name == "kev" else OSV)
            feed(Path(folder), f"{file.name}.from", {})
        return [f"{folder}/{file.name}" for file in FEEDS[name]]


def test_the_starter_set_until_there_is_more(tools: Advisories, tmp_path: Path) -> None:
    """It is told as such, and gives way to what is built."""
    assert advisory_info(tools).starter
    report = build_advisories(tools, [feed(tmp_path, "osv.json", OSV), feed(tmp_path, "kev.json", KEV)])
    assert advisory_info(tools) == report.info
    assert not report.info.starter
    assert report.path == tools.store


def test_updates(tools: Advisories) -> None:
    """The usual feeds if none is named; what was fetched before is not lost, and is fetched anew with the usual ones."""
    first = Fetched()
    report = update_advisories(dataclasses.replace(tools, fetcher=first), ["kev", "suse"])
    assert first.asked == ["kev", "suse"]
    second = Fetched()
    update_advisories(dataclasses.replace(tools, fetcher=second))
    assert second.asked == [*USUAL, "suse"]
    third = Fetched()
    report = update_advisories(dataclasses.replace(tools, fetcher=third), ["epss"])
    assert third.asked == ["epss"]
    files = {file.name for name in (*USUAL, "suse") for file in FEEDS[name]}
    assert {Path(count.feed).name for count in report.counts} == files


def test_a_feed_that_is_down(tools: Advisories) -> None:
    """What was fetched before is used and told; without that the update fails and the old store stays."""
    update_advisories(dataclasses.replace(tools, fetcher=Fetched()), ["kev", "osv-npm"])
    report = update_advisories(dataclasses.replace(tools, fetcher=Fetched("kev")), ["kev", "osv-npm"])
    assert [refused.where for refused in report.refused] == ["kev"]
    assert sum(count.exploitations for count in report.counts) == 1
    with pytest.raises(AdvisoryError, match="debian"):
        update_advisories(dataclasses.replace(tools, fetcher=Fetched("debian")), ["debian"])
    assert advisory_info(tools) == report.info


def test_where_nothing_is_fetched(tools: Advisories) -> None:
    """A bundle is the way."""
    with pytest.raises(UsageError, match="Nothing is fetched"):
        update_advisories(tools)


def test_search(tools: Advisories, tmp_path: Path) -> None:
    """By id, by alias, by package, and several at once."""
    build_advisories(tools, [feed(tmp_path, "a.json", OSV), feed(tmp_path, "b.json", DEBIAN), feed(tmp_path, "c.json", KEV)])
    whole, known, package = search_advisories(tools, ["GHSA-a", "CVE-2024-0001", "Debian:sid:shop"])
    assert whole.advisory is not None
    assert whole.advisory.id == "GHSA-a"
    assert known.advisory is not None
    assert known.exploitation is not None
    assert package.hits[0].ids[0] == "DEBIAN-CVE-2024-0001"
    with pytest.raises(NotFoundError, match="CVE-1999-0001"):
        search_advisories(tools, ["CVE-1999-0001"])


def test_search_in_the_starter_set(tools: Advisories) -> None:
    """What is not found there may well be published."""
    with pytest.raises(NotFoundError) as told:
        search_advisories(tools, ["CVE-1999-0001"])
    assert "starter set" in told.value.next_step
    (found,) = search_advisories(tools, ["CVE-2021-44228"])
    assert found.exploitation is not None


@pytest.mark.parametrize(
    ("word", "package"),
    [
        ("PyPI:Jinja_2", PackageName("PyPI", "jinja-2")),
        ("debian:12:openssl", PackageName("Debian:12", "openssl")),
        ("Alpine:v3.19:zlib", PackageName("Alpine:v3.19", "zlib")),
        ("Ubuntu:22.04:curl", PackageName("Ubuntu:22.04", "curl")),
        ("Debian:sid:curl", PackageName("Debian:sid", "curl")),
        ("Maven:org.x:y", PackageName("Maven", "org.x:y")),
        ("Wolfi:curl", PackageName("Wolfi", "curl")),
        ("CVE-2024-0001", None),
        ("RHSA-2024:1234", None),
        ("PyPI:", None),
    ],
)
def test_what_is_a_package(word: str, package: PackageName | None) -> None:
    """An ecosystem in front makes it one; the colon of an advisory's id does not."""
    assert package_of(word) == package


def test_who_may(tools: Advisories, tmp_path: Path) -> None:
    """Reading is for readers, building for administrators."""
    assert advisory_info(tools, who=READER).starter
    with pytest.raises(DeniedError):
        build_advisories(tools, [feed(tmp_path, "a.json", OSV)], who=READER)
    with pytest.raises(DeniedError):
        advisory_info(tools, who=Principal(name="x", permissions=frozenset()))


def test_nothing_named(tools: Advisories) -> None:
    """It is told how."""
    with pytest.raises(UsageError):
        build_advisories(tools, [])


def test_a_damaged_store(tools: Advisories) -> None:
    """It is no reason to fall back on the starter set in silence."""
    Path(tools.store).parent.mkdir(parents=True)
    Path(tools.store).write_bytes(b"x" * 200)
    with pytest.raises(AdvisoryError):
        advisory_info(tools)
