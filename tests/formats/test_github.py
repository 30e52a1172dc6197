"""GitHub."""

from __future__ import annotations

import json
import re

import msgspec

from periderm.formats import github, sarif
from periderm.model.finding import FindingKind
from periderm.model.report import TargetKind
from tests.reports import many, report

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def test_every_line_is_one_annotation() -> None:
    """Nothing foreign can begin a command of its own, end a property, or reach the log as a control character."""
    lines = github.write(report()).decode().splitlines()
    assert len(lines) == 8
    for line in lines:
        assert COMMAND.fullmatch(line), line
        assert line.isprintable()


def test_source_has_files() -> None:
    """In source code the annotation stands at the file; an image has no file in the repository."""
    lines = github.write(report(TargetKind.REPOSITORY)).decode().splitlines()
    assert lines[0].startswith("::error file=app/renamed.jar,line=1,title=CVE-2021-44228 in org.apache.logging.log4j%3Alog4j")
    assert "file=" not in github.write(report()).decode().splitlines()[0]


def test_only_what_is_shown() -> None:
    """GitHub shows ten of each level: the most urgent ones are those, and a sentence counts the rest."""
    lines = github.write(many(500)).decode().splitlines()
    levels = [line.split(" ")[0] for line in lines]
    assert {level: levels.count(level) for level in set(levels)} == {"::error": 10, "::warning": 10, "::notice": 10}
    assert lines[-1] == "::notice title=Periderm::471 more findings in shop.tar are not shown here. The whole report has them."


def test_snapshot() -> None:
    """The dependency snapshot has what its API asks for, one manifest for each lock file."""
    told = {"commit": "ce58", "ref": "refs/heads/main", "correlator": "ci scan", "job": "7"}
    snapshot = json.loads(github.write_snapshot(report(TargetKind.SOURCE), **told))
    assert {"version", "sha", "ref", "job", "detector", "scanned", "manifests"} <= snapshot.keys()
    manifest = snapshot["manifests"]["app/requirements.txt"]
    assert manifest["file"] == {"source_location": "app/requirements.txt"}
    assert manifest["resolved"]["pkg:pypi/urllib3@1.24"] == {"package_url": "pkg:pypi/urllib3@1.24", "scope": "development"}
    image = json.loads(github.write_snapshot(report(), **told))
    assert list(image["manifests"]) == ["registry.example/shop:1"]


def test_it_speaks_chinese() -> None:
    """What people read is in the language that was asked for; names and ids stay."""
    text = github.write(report(), "zh").decode()
    assert re.search("[\u4e00-\u9fff]", text)
    assert "CVE-2021-44228" in text
    assert text != github.write(report()).decode()


def test_the_real_line() -> None:
    """A package stands at its line of the manifest, a secret at its line of the file; else at the first."""
    given = report(TargetKind.SOURCE)
    packages = tuple(msgspec.structs.replace(p, line=7) for p in given.inventory.packages)
    lined = msgspec.structs.replace(given, inventory=msgspec.structs.replace(given.inventory, packages=packages))
    lines = github.write(lined).decode().splitlines()
    assert any("file=app/renamed.jar,line=7," in line for line in lines)
    run = json.loads(sarif.write(lined))["runs"][0]
    starts = {r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in run["results"]}
    assert 7 in starts
    secret = msgspec.structs.replace(lined.findings[0], kind=FindingKind.SECRET, vulnerability=None, evidence="line 12: AKIA…")
    assert msgspec.structs.replace(lined, findings=(secret,)).places()[secret.id].line == 12
