"""Promises of the gate as a file: it judges only if its own tests hold, and says which findings meet which rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.app.rule_gate import judge_rules, read_rules
from periderm.model.errors import NotFoundError, RuleError
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.report import Report, TargetKind
from periderm.model.severity import Severity
from periderm.model.text import Text

DOCUMENTS = LocalDocuments()
RULES = """policy:
  - id: serious
    condition: severity >= high
    tests:
      - given: {severity: high}
        fires: true
  - {id: secrets, title: No secrets, condition: "kind == 'secret'", action: warn}
  - {id: never, condition: severity > critical}
"""


def a_report() -> Report:
    """A secret and a misconfiguration."""
    inventory = ImageInventory(
        digest="sha256:1", reference="shop", source="", config=ImageConfig(), os=OsRelease(), packages=(), executables=()
    )
    words = Text("x", "x")
    findings = tuple(
        Finding(
            id=f"fnd-{kind}", detector="IMG", kind=kind, severity=severity, asset_id="a", title=words, message=words,
            remediation=words,
        )
        for kind, severity in ((FindingKind.SECRET, Severity.HIGH), (FindingKind.CONFIGURATION, Severity.LOW))
    )  # fmt: skip
    return Report(
        kind=TargetKind.IMAGE, target="shop", time=0, seconds=0.0, version="1", inventory=inventory, findings=findings
    )


def test_rules_say_what_meets_them(tmp_path: Path) -> None:
    """In the file's order, those that nothing meets too; without a file there is nothing."""
    assert read_rules(DOCUMENTS, folder=str(tmp_path)) is None
    assert judge_rules(None, a_report()) == ()
    (tmp_path / ".periderm").mkdir()
    (tmp_path / ".periderm" / "policy.yaml").write_text(RULES)
    results = judge_rules(read_rules(DOCUMENTS, folder=str(tmp_path)), a_report())
    assert [(r.id, r.title, r.fails, [f.id for f in r.findings]) for r in results] == [
        ("serious", "serious", True, ["fnd-secret"]),
        ("secrets", "No secrets", False, ["fnd-secret"]),
        ("never", "never", True, []),
    ]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("fires: true", "fires: false", r"rules.yaml:5: rule 'serious', test 1: it fires, and should not"),
        ("severity >= high", "severty >= high", r"rules.yaml:3:16: .*Did you mean 'severity'"),
    ],
)
def test_a_policy_that_is_wrong_judges_nothing(tmp_path: Path, old: str, new: str, what: str) -> None:
    """A test that does not hold is as bad as a name that does not exist."""
    (tmp_path / "rules.yaml").write_text(RULES.replace(old, new))
    with pytest.raises(RuleError, match=what):
        read_rules(DOCUMENTS, str(tmp_path / "rules.yaml"))


def test_a_named_policy_must_be_there(tmp_path: Path) -> None:
    """Else the gate would be another."""
    with pytest.raises(NotFoundError):
        read_rules(DOCUMENTS, str(tmp_path / "gone"))


def test_what_cannot_be_said_is_no_pass(tmp_path: Path) -> None:
    """An error of a rule is an error of the scan."""
    (tmp_path / "r").write_text("policy:\n  - {id: a, condition: \"aliases[0] == 'x'\"}\n")
    with pytest.raises(RuleError, match="r:2:"):
        judge_rules(read_rules(DOCUMENTS, str(tmp_path / "r")), a_report())
