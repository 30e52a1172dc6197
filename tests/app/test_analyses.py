"""Reports of analysers that a person names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm import wiring
from periderm.adapters.documents_local import LocalDocuments
from periderm.app.analyses import MOST_FILES, read_analyses
from periderm.app.report import Order, scan_target
from periderm.flow.progress import quiet
from periderm.model.errors import FormatError, NotFoundError, UsageError
from periderm.model.finding import FindingKind
from periderm.model.report import TargetKind
from periderm.model.settings import Settings


def sarif(path: Path, *results: dict[str, object]) -> str:
    """A report in a file."""
    run = {"tool": {"driver": {"name": "Tool"}}, "results": list(results)}
    path.write_text(json.dumps({"version": "2.1.0", "runs": [run]}))
    return str(path)


def result(rule: str, line: int, **fields: object) -> dict[str, object]:
    """One of it."""
    place = {"physicalLocation": {"artifactLocation": {"uri": "app.py"}, "region": {"startLine": line}}}
    return {"ruleId": rule, "level": "error", "message": {"text": rule}, "locations": [place], **fields}


def settings(tmp_path: Path) -> Settings:
    """A machine of its own."""
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


def test_read_behind_walls(tmp_path: Path) -> None:
    """In a child process where there is one; what is wrong is named by its file."""
    scanner = wiring.image_scanner(settings(tmp_path))
    good = sarif(tmp_path / "a.sarif", result("r", 3))
    (said,) = read_analyses(scanner, LocalDocuments(), [good], str(tmp_path), quiet)
    assert [one.rule for one in said.results] == ["r"]
    bad = tmp_path / "b.sarif"
    bad.write_text("{")
    with pytest.raises(FormatError, match=r"b\.sarif"):
        read_analyses(scanner, LocalDocuments(), [str(bad)], "", quiet)
    with pytest.raises(NotFoundError):
        read_analyses(scanner, LocalDocuments(), [str(tmp_path / "none")], "", quiet)
    with pytest.raises(UsageError):
        read_analyses(scanner, LocalDocuments(), [good] * (MOST_FILES + 1), "", quiet)


def test_one_list(tmp_path: Path) -> None:
    """Findings of both, exceptions of comments and of analysers, each with its line."""
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "Dockerfile").write_text("# periderm:ignore=CFG-001 built each night\nFROM debian\nUSER 1\n")
    (folder / "app.py").write_text("x = 1\n" * 5)
    given = sarif(
        tmp_path / "a.sarif", result("r", 3), result("s", 4, suppressions=[{"kind": "inSource", "justification": "fine"}])
    )
    parts = wiring.report_parts(settings(tmp_path), cached=False)
    report = scan_target(parts, Order(kind=TargetKind.PIPELINE, target=str(folder), sarif=(given,)))
    places = report.places()
    assert [(one.detector, places[one.id].line) for one in report.findings if one.kind is FindingKind.CODE] == [("Tool/r", 3)]
    assert {one.detector for one in report.excepted} == {"Tool/s", "CFG-001"}
    assert {e.exemption.reason for e in report.exceptions} == {"fine", "built each night"}
    assert [one.value for one in report.scanners] == ["configuration"]
