"""GitLab's code quality report: all fields that GitLab asks for, and fingerprints that stay from commit to commit."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest

from periderm.formats import codequality
from periderm.model.finding import Finding, FindingKind
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity
from tests.reports import many, other, report

_TEXT = {"type": "string", "minLength": 1}
# GitLab's "Code Quality", "Implement a custom tool": an array of objects with these properties.
SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": _TEXT,
            "check_name": _TEXT,
            "fingerprint": _TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "pattern": "^[^/]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def told(given: Report, language: str = "en") -> list[dict[str, Any]]:
    """What is written, after GitLab's checks."""
    data = codequality.write(given, language)
    assert not data.startswith(b"\xef\xbb\xbf")  # GitLab takes no byte order mark
    document: list[dict[str, Any]] = json.loads(data)
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    return document


def of(*findings: Finding, kind: TargetKind = TargetKind.SOURCE) -> list[dict[str, Any]]:
    """What is written of some findings."""
    return told(msgspec.structs.replace(report(kind), findings=findings))


def found(line: int, asset: str = "a", evidence: str = "FROM debian", **fields: Any) -> Finding:
    """A finding of a build file."""
    one = other(FindingKind.CONFIGURATION, Severity.HIGH, "Dockerfile")
    return msgspec.structs.replace(one, id=f"{asset}-{line}", asset_id=asset, line=line, evidence=evidence, **fields)


@pytest.mark.parametrize("target", [TargetKind.SOURCE, TargetKind.REPOSITORY, TargetKind.PIPELINE])
def test_all_that_stands_in_files(target: TargetKind) -> None:
    """Packages at their manifest, secrets and build files at their line, hostile names included."""
    given = report(target)
    places = given.places()
    in_files = [f for f in given.findings if places[f.id].path and f.kind is not FindingKind.NOT_EXAMINED]
    assert len(told(given)) == len(in_files) > 0


def test_of_an_image_there_is_none() -> None:
    """Its files are none of the merge request's."""
    assert told(report(TargetKind.IMAGE)) == []


def test_the_worst_first() -> None:
    """Severities are GitLab's words."""
    entries = of(found(1, severity=Severity.INFORMATIONAL), found(2), found(3, severity=Severity.CRITICAL))
    assert [(e["severity"], e["location"]["lines"]["begin"]) for e in entries] == [("blocker", 3), ("critical", 2), ("info", 1)]


def test_fingerprints_stay() -> None:
    """Lines above may come, and each commit is another tree: the fingerprint is the same. Two places have two."""
    before, after = of(found(3)), of(found(9, asset="b"))
    assert before[0]["fingerprint"] == after[0]["fingerprint"]
    twice = of(found(3), found(9))
    assert len({e["fingerprint"] for e in twice}) == 2
    assert before[0]["fingerprint"] in {e["fingerprint"] for e in twice}
    assert of(found(3, evidence="FROM alpine"))[0]["fingerprint"] != before[0]["fingerprint"]


def test_many_differ() -> None:
    """No two findings share a fingerprint: GitLab would show one."""
    entries = told(msgspec.structs.replace(many(300), kind=TargetKind.SOURCE))
    assert len({e["fingerprint"] for e in entries}) == len(entries)


def test_it_speaks_chinese() -> None:
    """What people read; fingerprints are those of English."""
    given = report(TargetKind.SOURCE)
    english, chinese = told(given), told(given, "zh")
    assert re.search("[\u4e00-\u9fff]", chinese[0]["description"])
    assert [e["fingerprint"] for e in english] == [e["fingerprint"] for e in chinese]
