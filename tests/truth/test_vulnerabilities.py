"""Questions about advisories whose answers are known: from published forms, through the built store, to the findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from periderm.cli.main import run
from tests.images import docker_archive, tar
from tests.truth.cases import ALPINE, DEBIAN, GO_MOD, METADATA, SITE, archive, document, pom, stanza

TRACKER = {
    "openssl": {
        "CVE-2099-0001": {
            "releases": {"bookworm": {"status": "resolved", "fixed_version": "3.0.11-1~deb12u2", "urgency": "high"}}
        },
        "CVE-2099-0002": {
            "releases": {"bookworm": {"status": "resolved", "fixed_version": "0", "urgency": "not yet assigned"}}
        },
        "CVE-2099-0003": {
            "releases": {"bookworm": {"status": "open", "nodsa": "Minor", "nodsa_reason": "ignored", "urgency": "low"}}
        },
    },
    "pyyaml": {
        "CVE-2099-0009": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "6.0-3", "urgency": "high"}}}
    },
}
SECDB = {
    "distroversion": "v3.19",
    "reponame": "main",
    "urlprefix": "https://example.org",
    "apkurl": "{{urlprefix}}",
    "archs": ["x86_64"],
    "packages": [{"pkg": {"name": "musl", "secfixes": {"1.2.4_git20230717-r5": ["CVE-2099-0101"], "0": ["CVE-2099-0102"]}}}],
}


def osv(identity: str, ecosystem: str, name: str, *events: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """One record of OSV's form."""
    kind = "SEMVER" if ecosystem == "Go" else "ECOSYSTEM"
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": kind, "events": list(events)}]}
    return {"schema_version": "1.6.0", "id": identity, "modified": "2026-01-01T00:00:00Z", "affected": [affected], **more}


RECORDS = (
    osv(
        "PYSEC-2099-1",
        "PyPI",
        "django",
        {"introduced": "4.2"},
        {"fixed": "4.2.5"},
        aliases=["CVE-2099-0201", "GHSA-aaaa-bbbb-cccc"],
    ),
    osv("GHSA-aaaa-bbbb-cccc", "PyPI", "Django", {"introduced": "4.2"}, {"fixed": "4.2.5"}, aliases=["CVE-2099-0201"]),
    osv("PYSEC-2099-2", "PyPI", "django", {"introduced": "0"}, {"last_affected": "4.2.0"}),
    osv("PYSEC-2099-3", "PyPI", "django", {"introduced": "0"}, {"fixed": "9"}, withdrawn="2026-01-02T00:00:00Z"),
    osv("PYSEC-2099-4", "PyPI", "pyyaml", {"introduced": "0"}, {"fixed": "7"}),
    osv("GHSA-go-old", "Go", "github.com/old/thing", {"introduced": "0"}, {"fixed": "2.0.0"}),
    osv("GHSA-go-fork", "Go", "github.com/fork/thing", {"introduced": "0"}, {"fixed": "1.2.4"}),
    osv("GHSA-go-net", "Go", "golang.org/x/net", {"introduced": "0"}, {"fixed": "0.7.0"}),
    osv("GHSA-mvn", "Maven", "org.apache.logging.log4j:log4j-core", {"introduced": "2.0-beta9"}, {"fixed": "2.15.0"}),
    osv("GHSA-npm", "npm", "lodash", {"introduced": "0"}, {"fixed": "4.17.21"}),
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was built from small feeds in their published forms."""
    folder = tmp_path_factory.mktemp("feeds")
    (folder / "tracker.json").write_bytes(document(TRACKER))
    (folder / "secdb.json").write_bytes(document(SECDB))
    for record in RECORDS:
        (folder / f"{record['id']}.json").write_bytes(document(record))
    state = folder / "state"
    assert run(["advisories", "build", *map(str, sorted(folder.glob("*.json"))), "--state", str(state), "--quiet"]) == 0
    return state


def found(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *layers: Mapping[str, bytes]
) -> Sequence[Mapping[str, Any]]:
    """What the command tells of an image, as JSON."""
    image = docker_archive(tmp_path / "image.tar", [tar(files.items()) for files in layers])
    capsys.readouterr()
    run(["scan", "image", str(image), "--json", "--no-cache", "--scanners", "packages,vulnerabilities", "--state", str(state)])
    report = json.loads(capsys.readouterr().out)
    return [f["vulnerability"] for f in report["findings"] if f.get("vulnerability")]


def test_debian_speaks_for_its_own_packages(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fixed in a later version, not affected, will not fix: each as the tracker has it, by source package; what dpkg
    brought is not judged by the upstream project's ranges, and a backport is no finding."""
    status = stanza("libssl3", "3.0.9-1", source="openssl") + stanza("python3-yaml", "6.0-3+b2", source="pyyaml (6.0-3)")
    listed = b"/usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO\n"
    files = {
        "etc/os-release": DEBIAN,
        "var/lib/dpkg/status": status,
        "var/lib/dpkg/info/python3-yaml.list": listed,
        "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO": METADATA % (b"PyYAML", b"6.0"),
    }
    told = {v["id"]: v for v in found(state, tmp_path, capsys, files)}
    assert set(told) == {"CVE-2099-0001", "CVE-2099-0003"}
    assert told["CVE-2099-0001"]["fixed_in"] == "3.0.11-1~deb12u2"
    assert told["CVE-2099-0003"]["verdict"] == "will-not-fix"


def test_a_fixed_version_of_debian_is_not_found(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A tilde sorts before the end: deb12u2 is fixed, deb12u1 is not."""
    for version, expected in (("3.0.11-1~deb12u2", 0), ("3.0.11-1~deb12u1", 1), ("1:0.1-1", 0)):
        files = {"etc/os-release": DEBIAN, "var/lib/dpkg/status": stanza("openssl", version)}
        told = [v for v in found(state, tmp_path, capsys, files) if v["id"] == "CVE-2099-0001"]
        assert len(told) == expected, version


def test_alpine_speaks_for_its_own(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fix with a revision; '0' says that it never was affected."""
    apk = b"P:musl\nV:1.2.4_git20230717-r4\nA:x86_64\no:musl\n\n"
    told = found(state, tmp_path, capsys, {"etc/os-release": ALPINE, "lib/apk/db/installed": apk})
    assert [(v["id"], v["fixed_in"]) for v in told] == [("CVE-2099-0101", "1.2.4_git20230717-r5")]


def test_one_vulnerability_with_three_names_is_one(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two sources, one CVE: one finding, named by the CVE; a withdrawn record and a range that ended before are none."""
    told = found(state, tmp_path, capsys, {f"{SITE}/Django-4.2.1.dist-info/METADATA": METADATA % (b"Django", b"4.2.1")})
    assert [v["id"] for v in told] == ["CVE-2099-0201"]
    assert {"PYSEC-2099-1", "GHSA-aaaa-bbbb-cccc"} <= set(told[0]["aliases"])


def test_a_fork_is_judged_as_itself(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What `replace` puts in is judged, what it takes out is not; the very version that fixes is not affected."""
    told = found(state, tmp_path, capsys, {"app/go.mod": GO_MOD})
    assert [(v["aliases"] or [v["id"]], v["fixed_in"].lstrip("v")) for v in told] == [(["GHSA-go-fork"], "1.2.4")]


def test_a_renamed_jar_is_found_out(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Log4j under another file name, inside a war."""
    jar = archive(pom("org.apache.logging.log4j", "log4j-core", "2.14.1"))
    told = found(state, tmp_path, capsys, {"srv/app.war": archive({"WEB-INF/lib/util.jar": jar})})
    assert [v["id"] for v in told] == ["GHSA-mvn"]
    assert told[0]["fixed_in"] == "2.15.0"


def test_what_a_later_layer_removed_is_not_there(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An upgrade in a later layer leaves no finding of the version below."""
    low = {"app/node_modules/lodash/package.json": document({"name": "lodash", "version": "4.17.20"})}
    high = {"app/node_modules/lodash/package.json": document({"name": "lodash", "version": "4.17.21"})}
    assert [v["id"] for v in found(state, tmp_path, capsys, low)] == ["GHSA-npm"]
    assert found(state, tmp_path, capsys, low, high) == []
    assert found(state, tmp_path, capsys, low, {"app/node_modules/.wh.lodash": b""}) == []


def test_lock_files_of_tests_do_not_count(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only a folder of tests asks for is told as a package and is no finding."""
    lock = document({"name": "x", "lockfileVersion": 1, "dependencies": {"lodash": {"version": "4.17.20"}}})
    assert found(state, tmp_path, capsys, {"app/tests/package-lock.json": lock}) == []
    assert len(found(state, tmp_path, capsys, {"app/package-lock.json": lock})) == 1
