"""What code analysers found."""

from __future__ import annotations

import json
from typing import Any

import pytest

from periderm.formats import sarif_reading
from periderm.formats.sarif_reading import read
from periderm.model.errors import FormatError, LimitError
from periderm.model.severity import Severity


def log(*results: dict[str, Any], rules: list[dict[str, Any]] | None = None, **run: Any) -> bytes:
    """A report of one run."""
    driver = {"name": "Tool", "rules": rules or []}
    return json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}).encode()


def at(uri: str, line: int = 3, **artifact: Any) -> list[dict[str, Any]]:
    """A place."""
    return [{"physicalLocation": {"artifactLocation": {"uri": uri, **artifact}, "region": {"startLine": line}}}]


def test_a_result_in_full() -> None:
    """Rule, words, place, score, weakness and fingerprint."""
    rule = {
        "id": "r1",
        "shortDescription": {"text": "Title"},
        "help": {"text": "Change it."},
        "helpUri": "https://x.example/r1",
        "properties": {"security-severity": "8.1", "tags": ["security", "external/cwe/cwe-079"]},
    }
    result = {
        "ruleIndex": 0,
        "message": {"text": "Bad\nthing"},
        "locations": at("src/a%20b.py"),
        "partialFingerprints": {"h/v1": "abc"},
    }
    (one,) = read(log(result, rules=[rule])).results
    assert (one.tool, one.rule, one.title, one.message) == ("Tool", "r1", "Title", "Bad thing")
    assert (one.path, one.line, one.severity) == ("src/a b.py", 3, Severity.HIGH)
    assert one.weaknesses == ("CWE-79",)
    assert one.change == "Change it. See https://x.example/r1"
    assert one.fingerprint == "h/v1=abc"


@pytest.mark.parametrize(
    ("result", "rule", "severity"),
    [
        ({"level": "error"}, {}, Severity.HIGH),
        ({}, {}, Severity.MEDIUM),
        ({}, {"defaultConfiguration": {"level": "note"}}, Severity.LOW),
        ({"level": "none"}, {}, Severity.INFORMATIONAL),
        ({"kind": "review", "level": "error"}, {}, Severity.INFORMATIONAL),
        ({"level": "note"}, {"properties": {"security-severity": 9.3}}, Severity.CRITICAL),
        ({"level": "note"}, {"properties": {"security-severity": "?"}}, Severity.LOW),
    ],
)
def test_severity(result: dict[str, Any], rule: dict[str, Any], severity: Severity) -> None:
    """A score before a level, the result's level before the rule's, 'warning' where nothing is said."""
    data = log({"ruleId": "r", "message": {"text": "m"}, **result}, rules=[{"id": "r", **rule}])
    assert read(data).results[0].severity is severity


@pytest.mark.parametrize(
    ("given", "suppressed"),
    [
        ([{"kind": "inSource", "justification": "fine"}], "fine"),
        ([{"kind": "external", "status": "accepted"}], "Suppressed where the analyser ran, without a reason."),
        ([{"kind": "external", "status": "underReview", "justification": "x"}], ""),
        ([{"kind": "external"}, {"kind": "external", "status": "rejected"}], ""),
        ([], ""),
    ],
)
def test_suppressions(given: list[dict[str, str]], suppressed: str) -> None:
    """Only what was accepted hides, and its reason is kept."""
    assert read(log({"ruleId": "r", "suppressions": given})).results[0].suppressed == suppressed


def test_what_is_gone_or_passed_is_not_listed() -> None:
    """An earlier state's results and passed checks are no findings."""
    data = log(
        {"ruleId": "a", "baselineState": "absent"}, {"ruleId": "b", "kind": "pass"}, {"ruleId": "c", "baselineState": "new"}
    )
    assert [one.rule for one in read(data).results] == ["c"]


@pytest.mark.parametrize(
    ("locations", "bases", "path"),
    [
        (at("file:///home/me/app/src/a.py"), {}, "src/a.py"),
        (at("file:///ci/checkout/src/a.py"), {"%SRCROOT%": {"uri": "file:///ci/checkout/"}}, "src/a.py"),
        (
            at("a.py", uriBaseId="SUB"),
            {"SUB": {"uri": "src/", "uriBaseId": "%SRCROOT%"}, "%SRCROOT%": {"uri": "file:///x/"}},
            "src/a.py",
        ),
        (at("../../etc/passwd"), {}, ""),
        (at("https://x.example/a.py"), {}, ""),
        (at("a/./b/../c.py"), {}, "a/c.py"),
        (at("", index=0), {}, "stored.py"),
    ],
)
def test_paths(locations: list[dict[str, Any]], bases: dict[str, Any], path: str) -> None:
    """Relative to the folder that was analysed, here or there; what lies outside has no path."""
    data = log(
        {"ruleId": "r", "locations": locations}, originalUriBaseIds=bases, artifacts=[{"location": {"uri": "stored.py"}}]
    )
    assert read(data, root="/home/me/app").results[0].path == path


def test_a_rule_of_an_extension_and_a_longer_id() -> None:
    """Rules are found by their component's number, or by the beginning of an id."""
    run = {
        "tool": {
            "driver": {"name": "T", "rules": [{"id": "p", "name": "Parent"}]},
            "extensions": [{"name": "E", "rules": [{"id": "q", "name": "Ext"}]}],
        },
        "results": [{"rule": {"id": "q", "index": 0, "toolComponent": {"index": 0}}}, {"ruleId": "p/child"}],
    }
    found = read(json.dumps({"version": "2.1.0", "runs": [run]}).encode()).results
    assert [one.title for one in found] == ["Ext", "Parent"]


def test_a_failed_run_and_too_many_results_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out silently."""
    monkeypatch.setattr(sarif_reading, "MOST_RESULTS", 1)
    said = read(log({"ruleId": "a"}, {"ruleId": "b"}, invocations=[{"executionSuccessful": False}]))
    assert len(said.results) == 1
    assert len(said.left_out) == 2


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"version":"2.0.0","runs":[]}', b'{"version":"2.1.0","runs":[{}]}', b'{"version":1}', b"[" * 100_000],
)
def test_damage(data: bytes) -> None:
    """What is no SARIF 2.1.0 is said to be none."""
    with pytest.raises(FormatError):
        read(data)


def test_size() -> None:
    """A limit on bytes."""
    with pytest.raises(LimitError):
        read(b" " * (sarif_reading.MOST_BYTES + 1))


def test_our_own_reports_can_be_read() -> None:
    """What this product writes is such a report."""
    from periderm.formats import sarif
    from tests.reports import report

    made = report()
    found = read(sarif.write(made)).results
    assert len(found) == len(made.findings) + len(made.excepted) + len(made.not_affected)
    assert {one.tool for one in found} <= {"Periderm"}
