"""A store from feeds: what was read, refused and withdrawn adds up, and a feed that is none changes nothing."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from periderm.adapters.advisories_files import FeedFiles
from periderm.adapters.advisories_memory import starter_bytes
from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.adapters.advisories_sqlite.writer import SqliteWriter
from periderm.flow import starter
from periderm.flow.advisories import build
from periderm.model.advisory import PackageName, Verdict
from periderm.model.advisory_build import BuildReport
from periderm.model.errors import AdvisoryError
from tests.flow.test_advisory_kinds import DEBIAN, DOCUMENTS, KEV, OSV
from tests.ports.plugs import CountingClock


def built(store: Path, *feeds: Path) -> BuildReport:
    """A store of these feeds."""
    names = [str(feed) for feed in feeds]
    return build(names, str(store), reading=FeedFiles(), writer=SqliteWriter(), clock=CountingClock())


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    """A folder with every kind of feed, a licence, a withdrawn record and a wrong one."""
    folder = tmp_path / "feeds"
    for kind, (name, text) in DOCUMENTS.items():
        path = folder / kind / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    (folder / "LICENSE").write_text("free", encoding="utf-8")
    (folder / "withdrawn.json").write_text(
        json.dumps({**OSV, "id": "GHSA-w", "withdrawn": "2024-01-02T00:00:00Z"}), encoding="utf-8"
    )
    (folder / "wrong.json").write_text(json.dumps({**OSV, "id": "GHSA-x", "affected": []}), encoding="utf-8")
    return folder


def test_everything_is_counted(tmp_path: Path, feeds: Path) -> None:
    """Records read are those stored, withdrawn and refused; what is refused has its reason; what is withdrawn is gone."""
    report = built(tmp_path / "a.sqlite", feeds)
    (count,) = report.counts
    assert set(count.kinds) == set(DOCUMENTS)
    assert count.files == len(DOCUMENTS) + 3
    assert (count.skipped, count.withdrawn, count.refused, count.exploitations) == (1, 1, 1, 2)
    assert count.records == len(DOCUMENTS) + 2
    assert report.advisories + report.merged == count.records - count.withdrawn - count.refused - count.exploitations
    assert [(r.where, r.why) for r in report.refused] == [("wrong.json (GHSA-x)", "it names no package")]
    source = SqliteAdvisories(str(tmp_path / "a.sqlite"))
    assert source.info() == report.info
    assert source.info().feeds[0].sha256 == count.sha256
    assert source.info().feeds[0].name.endswith("+EPSS+KEV")
    assert "GHSA-w" not in source.advisories(["GHSA-w", "GHSA-a"])
    found = source.affecting([PackageName("npm", "shop"), PackageName("Debian:sid", "shop"), PackageName("SUSE:15.6", "shop")])
    assert len(found) == 3
    assert source.exploitations(["CVE-2024-0001"])["CVE-2024-0001"].probability == 0.5
    source.close()


def test_the_trackers_word_leads(tmp_path: Path) -> None:
    """Debian's own document beats the record that was made from it, whichever comes first."""
    record = {
        **OSV,
        "id": "DEBIAN-CVE-2024-0001",
        "affected": [{"package": {"ecosystem": "Debian:sid", "name": "shop"}, "versions": ["1"]}],
    }
    tracker = {"shop": {"CVE-2024-0001": {"releases": {"sid": {"status": "open", "nodsa": "x", "nodsa_reason": "ignored"}}}}}
    paths = [tmp_path / "osv.json", tmp_path / "debian.json"]
    for path, value in zip(paths, (record, tracker), strict=True):
        path.write_text(json.dumps(value), encoding="utf-8")
    for order in (paths, paths[::-1]):
        built(tmp_path / "a.sqlite", *order)
        source = SqliteAdvisories(str(tmp_path / "a.sqlite"))
        (hit,) = source.affecting([PackageName("Debian:sid", "shop")])[PackageName("Debian:sid", "shop")]
        assert hit.affected.verdict is Verdict.WILL_NOT_FIX
        source.close()


def test_the_same_feeds_are_the_same_store(tmp_path: Path, feeds: Path) -> None:
    """As a folder and as an archive."""
    archive = tmp_path / "feeds.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(feeds.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(feeds))
    digests = {built(tmp_path / "a.sqlite", each).info.digest for each in (feeds, archive)}
    assert len(digests) == 1


@pytest.mark.parametrize("content", ["", "hello", '{"a": 1}', json.dumps(DEBIAN)[:-3], json.dumps({**OSV, "affected": []})])
def test_a_feed_that_is_none(tmp_path: Path, feeds: Path, content: str) -> None:
    """It is an error that names the feed, and the old store stays."""
    built(tmp_path / "a.sqlite", feeds)
    before = (tmp_path / "a.sqlite").read_bytes()
    wrong = tmp_path / "wrong-feed.json"
    wrong.write_text(content, encoding="utf-8")
    with pytest.raises(AdvisoryError, match=r"wrong-feed\.json"):
        built(tmp_path / "a.sqlite", feeds, wrong)
    assert (tmp_path / "a.sqlite").read_bytes() == before


def test_likelihoods_alone_are_no_store(tmp_path: Path) -> None:
    """A store without packages would find nothing, in silence, where the starter set found something."""
    (tmp_path / "kev.json").write_text(json.dumps(KEV), encoding="utf-8")
    with pytest.raises(AdvisoryError, match="of no package"):
        built(tmp_path / "a.sqlite", tmp_path / "kev.json")
    assert not (tmp_path / "a.sqlite").exists()


REAL = os.environ.get("PERIDERM_ADVISORIES", "")


@pytest.mark.skipif(not REAL, reason="set PERIDERM_ADVISORIES to a folder with published feeds")
def test_real_feeds(tmp_path: Path) -> None:
    """Real feeds are read whole: what is refused is a handful, and each has its reason."""
    report = built(tmp_path / "a.sqlite", *sorted(p for p in Path(REAL).iterdir() if p.suffix != ".md"))
    records = sum(count.records for count in report.counts)
    assert records > 1000
    assert sum(count.refused for count in report.counts) <= records // 200
    assert all(refused.why for refused in report.refused)


def test_a_first_feed_takes_no_knowledge_away(tmp_path: Path) -> None:
    """What the starter set tells of ecosystems that no feed covers stays; of a covered one only the feed counts; and single
    facts do not make their ecosystem one of which all is known."""
    known = starter.read(starter_bytes())
    record = {**OSV, "affected": [{"package": {"ecosystem": "npm", "name": "shop"}, "versions": ["1"]}]}
    (tmp_path / "osv.json").write_text(json.dumps(record), encoding="utf-8")
    store = tmp_path / "a.sqlite"
    build(
        [str(tmp_path / "osv.json")],
        str(store),
        reading=FeedFiles(),
        writer=SqliteWriter(),
        clock=CountingClock(),
        starter=known,
    )
    source = SqliteAdvisories(str(store))
    log4j = PackageName("Maven", "org.apache.logging.log4j:log4j-core")
    found = source.affecting([log4j, PackageName("npm", "lodash"), PackageName("npm", "shop")])
    assert "CVE-2021-44228" in {hit.ids[0] for hit in found[log4j]}
    assert set(found) == {log4j, PackageName("npm", "shop")}
    assert source.info().ecosystems == ("npm",)
    assert not source.info().starter
    assert source.exploitations(["CVE-2021-44228"])["CVE-2021-44228"].known_since > 0
    source.close()


def test_the_age_of_a_feed_is_not_hidden_by_a_date_to_come(tmp_path: Path) -> None:
    """A record of the year 2999 does not make a feed young."""
    for name, day in (("a", "1970-01-01T00:00:00.000000001Z"), ("b", "2261-01-01T00:00:00Z"), ("c", "2999-01-01T00:00:00Z")):
        record = {**OSV, "id": f"GHSA-{name}", "modified": day, "published": day}
        (tmp_path / f"{name}.json").write_text(json.dumps(record), encoding="utf-8")
    report = built(tmp_path / "x.sqlite", *(tmp_path / f"{name}.json" for name in "abc"))
    assert max(feed.newest for feed in report.info.feeds) < 10**18 * 2
