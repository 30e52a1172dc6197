"""GitLab's security reports. No package carries their schema: what versions 15.0.7 and 15.2.1 ask for, in which they do not
differ but for what 15.2.1 no longer asks for (`dependency_files`), is written down here again."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest

from periderm.formats import gitlab
from periderm.model.finding import FindingKind
from periderm.model.report import TargetKind
from tests.reports import many, report

_TEXT = {"type": "string", "minLength": 1}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_CVSS_2 = r"^((AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC])/)*(AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC])$"
_CVSS_3 = r"^CVSS:3[.][01]/((AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH])/){7}[CIA]:[NLH]$"
_WEB = {"type": "string", "pattern": "^(https?|ftp)://.+"}


def thing(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object."""
    return {"type": "object", "required": list(required), "properties": {**required, **optional}}


def _vector(pattern: str, least: int) -> dict[str, Any]:
    """A CVSS vector of base metrics."""
    return {"type": "string", "minLength": least, "maxLength": 128, "pattern": pattern}


_TOOL = thing({"id": _TEXT, "name": _TEXT, "version": _TEXT, "vendor": thing({"name": _TEXT})})
_DEPENDENCY = thing({"package": thing({"name": {"type": "string"}}), "version": {"type": "string"}})
_LOCATIONS = {
    "container_scanning": thing({"dependency": _DEPENDENCY, "operating_system": _TEXT, "image": _TEXT}),
    "dependency_scanning": thing({"dependency": _DEPENDENCY, "file": _TEXT}),
    "secret_detection": thing(
        {"commit": thing({"sha": _TEXT})}, file={"type": "string"}, start_line={"type": "number"}, end_line={"type": "number"}
    ),
    "sast": thing({"file": _TEXT, "start_line": {"type": "number"}, "end_line": {"type": "number"}}),
}


def schema(kind: str) -> dict[str, Any]:
    """What GitLab checks."""
    message = thing({"level": {"enum": ["info", "warn", "fatal"]}, "value": _TEXT})
    scan = thing(
        {
            "analyzer": _TOOL,
            "scanner": _TOOL,
            "start_time": _TIME,
            "end_time": _TIME,
            "status": {"enum": ["success", "failure"]},
            "type": {"const": kind},
        },
        messages={"type": "array", "items": message},
    )
    identifier = thing({"type": _TEXT, "name": _TEXT, "value": _TEXT}, url=_WEB)
    vulnerability = thing(
        {"id": _TEXT, "identifiers": {"type": "array", "minItems": 1, "items": identifier}, "location": _LOCATIONS[kind]},
        name={"type": "string", "maxLength": 255},
        description={"type": "string", "maxLength": 1048576},
        solution={"type": "string", "maxLength": 7000},
        severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        links={"type": "array", "items": thing({"url": _WEB})},
        cvss_vectors={
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": thing({"vendor": _TEXT, "vector": {"anyOf": [_vector(_CVSS_2, 16), _vector(_CVSS_3, 32)]}}),
        },
    )
    file = thing({"path": _TEXT, "package_manager": _TEXT, "dependencies": {"type": "array", "items": _DEPENDENCY}})
    asked = {"version": {"const": "15.0.7"}, "scan": scan, "vulnerabilities": {"type": "array", "items": vulnerability}}
    files = {"dependency_files": {"type": "array", "items": file}}
    return thing({**asked, **files} if kind == "dependency_scanning" else asked, remediations={"type": "array", "maxItems": 0})


@pytest.mark.parametrize("target", list(TargetKind))
def test_holds_what_gitlab_asks(target: TargetKind) -> None:
    """Images and machines are container scanning, source is dependency scanning with its lock files, build files alone are
    static analysis."""
    in_a_tree = target in (TargetKind.SOURCE, TargetKind.REPOSITORY)
    kind = "dependency_scanning" if in_a_tree else "sast" if target is TargetKind.PIPELINE else "container_scanning"
    given = report(target)
    if kind == "sast":  # no packages are looked at there
        given = msgspec.structs.replace(given, findings=tuple(f for f in given.findings if f.vulnerability is None))
    document = json.loads(gitlab.write(given))
    jsonschema.Draft7Validator(schema(kind)).validate(document)
    assert bool(document.get("dependency_files")) is in_a_tree


def test_build_files_are_told_at_their_lines() -> None:
    """Every finding that stands in a file, with its weakness; nothing is counted as left out."""
    given = report(TargetKind.PIPELINE)
    one = next(f for f in given.findings if f.kind is FindingKind.CONFIGURATION)
    one = msgspec.structs.replace(one, location="Dockerfile", line=7, weaknesses=("CWE-250",))
    document = json.loads(gitlab.write(msgspec.structs.replace(given, findings=(one,))))
    (told,) = document["vulnerabilities"]
    assert told["location"] == {"file": "Dockerfile", "start_line": 7, "end_line": 7}
    assert [i["name"] for i in told["identifiers"]] == [one.detector, "CWE-250"]
    assert "other kinds" not in str(document["scan"]["messages"])


@pytest.mark.parametrize("target", list(TargetKind))
def test_every_finding_of_a_file_is_in_one_of_three(target: TargetKind) -> None:
    """Packages, secrets and the rest of what stands in files have a report each, as GitLab asks; nothing is in two."""
    given = report(target)
    secrets, sast = json.loads(gitlab.write_secrets(given, commit="ce58")), json.loads(gitlab.write_sast(given))
    jsonschema.Draft7Validator(schema("secret_detection")).validate(secrets)
    jsonschema.Draft7Validator(schema("sast")).validate(sast)
    ids = [v["id"] for v in (*secrets["vulnerabilities"], *sast["vulnerabilities"])]
    in_files = [f for f in given.findings if f.kind in (FindingKind.SECRET, FindingKind.CONFIGURATION)]
    assert len(set(ids)) == len(ids) == len(in_files) > 0
    assert {v["location"]["commit"]["sha"] for v in secrets["vulnerabilities"]} == {"ce58"}
    assert "raw_source_code_extract" not in str(secrets)
    assert "other kinds" not in str(secrets["scan"]["messages"])


def test_without_a_commit() -> None:
    """GitLab asks for one, even where nothing is committed."""
    (told, *_) = json.loads(gitlab.write_secrets(report(TargetKind.SOURCE)))["vulnerabilities"]
    assert told["location"]["commit"]["sha"] == "0000000"


def test_what_is_told() -> None:
    """Most urgent first, with the change; a vector that GitLab would refuse is left out; what is left out is counted."""
    document = json.loads(gitlab.write(report()))
    first = document["vulnerabilities"][0]
    assert first["identifiers"][0]["value"] == "CVE-2021-44228"
    assert first["solution"] == "Upgrade org.apache.logging.log4j:log4j-core from 2.14.1 to 9.9."
    assert first["links"] == [{"url": "https://example.invalid/CVE-2021-44228"}]
    odd = next(v for v in document["vulnerabilities"] if v["identifiers"][0]["value"] == "CVE-2024-2")
    assert "cvss_vectors" not in odd
    said = " ".join(message["value"] for message in document["scan"]["messages"])
    assert "1 findings are left out by exceptions" in said
    assert "3 findings of other kinds" in said
    assert "starter set" in said


def test_ids_stay_and_differ() -> None:
    """GitLab follows a vulnerability by its id."""
    ids = [v["id"] for v in json.loads(gitlab.write(many(200)))["vulnerabilities"]]
    assert len(set(ids)) == 200
    assert ids == [v["id"] for v in json.loads(gitlab.write(many(200)))["vulnerabilities"]]


def test_it_speaks_chinese() -> None:
    """What people read is in the language that was asked for; names and ids stay."""
    text = gitlab.write(report(), "zh").decode()
    assert re.search("[\u4e00-\u9fff]", text)
    assert "CVE-2021-44228" in text
    assert text != gitlab.write(report()).decode()
