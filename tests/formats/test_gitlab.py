"""GitLab's security reports. No package carries their schema: what versions 15.0.7 and 15.2.1 ask for, in which they do not
differ but for what 15.2.1 no longer asks for (`dependency_files`), is written down here again."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest

from periderm.formats import gitlab
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
    """Images and machines are container scanning, source is dependency scanning with its lock files."""
    in_a_tree = target in (TargetKind.SOURCE, TargetKind.REPOSITORY)
    document = json.loads(gitlab.write(report(target)))
    jsonschema.Draft7Validator(schema("dependency_scanning" if in_a_tree else "container_scanning")).validate(document)
    assert bool(document.get("dependency_files")) is in_a_tree


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
