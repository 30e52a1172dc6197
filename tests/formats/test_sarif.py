"""SARIF."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import msgspec
import pytest

from periderm.formats import sarif
from periderm.model.finding import FindingKind
from periderm.model.report import Report, TargetKind
from tests.published import published
from tests.reports import many, report


def run_of(value: Report, **options: Any) -> dict[str, Any]:
    """The only run."""
    document = json.loads(sarif.write(value, **options))
    assert document["version"] == "2.1.0"
    return document["runs"][0]


@pytest.mark.parametrize("kind", list(TargetKind))
def test_published_schema(kind: TargetKind) -> None:
    """What is written holds under the schema of SARIF 2.1.0, formats of URIs and times included."""
    schema = json.loads(published("@microsoft/jest-sarif@1.0.0-beta.0", "lib/schemas/sarif-2.1.0-rtm.5.json"))
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(json.loads(sarif.write(report(kind))))] == []


def test_every_result_has_its_rule() -> None:
    """A result points to its rule by name and number; a rule says how bad, how to help and where to read on."""
    run = run_of(report())
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    log4j = next(rule for rule in rules if rule["id"] == "CVE-2021-44228")
    assert log4j["properties"]["security-severity"] == "10.0"
    assert "external/cwe/cwe-79" in log4j["properties"]["tags"]
    assert log4j["helpUri"].startswith("https://")
    assert "javascript:" not in json.dumps(rules)


def test_what_does_not_count_is_suppressed_with_its_reason() -> None:
    """An exception and a VEX statement hide nothing silently."""
    suppressed = {r["ruleId"]: r["suppressions"][0] for r in run_of(report())["results"] if "suppressions" in r}
    assert "ticket 7" in suppressed["CVE-2024-4"]["justification"]
    assert "team-shop" in suppressed["CVE-2024-4"]["justification"]
    assert "We never call it" in suppressed["CVE-2024-3"]["justification"]
    assert len(suppressed) == 2


def test_places() -> None:
    """In source code a result is at its file below the root of the source; elsewhere its layer is told too."""
    places = [r["locations"][0] for r in run_of(report(TargetKind.SOURCE))["results"]]
    assert all(p["physicalLocation"]["artifactLocation"]["uriBaseId"] == "%SRCROOT%" for p in places)
    in_image = next(r for r in run_of(report())["results"] if r["ruleId"] == "CVE-2021-44228")["locations"][0]
    assert in_image["physicalLocation"]["artifactLocation"] == {"uri": "app/renamed.jar"}
    assert in_image["message"]["text"].startswith("layer sha256:2")
    assert in_image["logicalLocations"][0]["fullyQualifiedName"].startswith("pkg:maven/")


def test_fingerprints_stay() -> None:
    """The same finding has the same fingerprint in every run, or each run would open it anew."""
    first, second = run_of(report()), run_of(report())
    assert [r["partialFingerprints"] for r in first["results"]] == [r["partialFingerprints"] for r in second["results"]]


def test_what_does_not_fit_is_said() -> None:
    """A bound on results leaves out the least urgent, and says how many."""
    run = run_of(many(50), most=10)
    assert len(run["results"]) == 10
    assert min(r["rank"] for r in run["results"]) >= 40
    assert "40 more findings" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]


def test_not_examined_is_a_notification() -> None:
    """What a limit left out stands in the run itself."""
    notes = run_of(report())["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"] == "The rest of layer 2 was not read."


def test_it_speaks_chinese() -> None:
    """What people read is in the language that was asked for; names and ids stay."""
    text = sarif.write(report(), "zh").decode()
    assert re.search("[\u4e00-\u9fff]", text)
    assert "CVE-2021-44228" in text
    assert text != sarif.write(report()).decode()


def test_a_configuration_is_told_at_its_line_with_its_weakness() -> None:
    """As code scanning pages show it."""
    given = report(TargetKind.PIPELINE)
    one = next(f for f in given.findings if f.kind is FindingKind.CONFIGURATION)
    one = msgspec.structs.replace(one, location="Dockerfile", line=7, weaknesses=("CWE-250",))
    (run,) = json.loads(sarif.write(msgspec.structs.replace(given, findings=(one,), excepted=(), not_affected=())))["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 7
    assert "external/cwe/cwe-250" in run["tool"]["driver"]["rules"][0]["properties"]["tags"]
