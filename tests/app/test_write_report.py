"""Reports in the forms that may be asked for."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from periderm.app.write_report import FORMS, form_of, write_report
from periderm.model.errors import UsageError
from periderm.model.report import Report
from tests.reports import report


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_written(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gives bytes that UTF-8 can say, hostile names included."""
    monkeypatch.setenv("GITHUB_SHA", "ce58")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    assert write_report(report(), form).decode()


def test_json_is_the_report() -> None:
    """What is written in the product's own form is the report again."""
    again = msgspec.json.decode(write_report(report(), "json"), type=Report)
    assert again.findings[0] == report().findings[0]
    assert again.schema == "periderm.report/1"


def test_names() -> None:
    """A file's name tells its form; another form is one sentence."""
    assert [form_of(name) for name in ("a.JSON", "a.cdx.json", "b.sarif", "c.html", "d.xml", "e.spdx.json", "f")] == [
        "json",
        "cyclonedx",
        "sarif",
        "html",
        "junit",
        "spdx",
        "",
    ]
    with pytest.raises(UsageError):
        write_report(report(), "pdf")


def test_nothing_is_loaded_that_is_not_written() -> None:
    """Asking for one form loads none of the others."""
    code = (
        "import sys; from periderm.app import write_report; "
        "print([m for m in sys.modules if m.startswith('periderm.formats.') or m in ('yaml', 'numpy', 'xml.sax')])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_a_snapshot_needs_a_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a workflow nobody knows the commit: one sentence."""
    monkeypatch.delenv("GITHUB_SHA", raising=False)
    with pytest.raises(UsageError):
        write_report(report(), "github-snapshot")
