"""`periderm scan --policy`: what is said of its rules, and the exit status."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.images import AWS_KEY, base_layer, docker_archive, tar

RULES = """policy:
  - {id: secrets, title: No secrets in images, condition: "kind == 'secret'", action: ACTION}
  - {id: never, condition: severity > critical}
"""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder with an image that holds a secret; nothing of the machine's own state is used."""
    for name in ("STATE", "CACHE"):
        monkeypatch.setenv(f"PERIDERM_{name}", str(tmp_path / name))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)
    docker_archive(tmp_path / "a.tar", [base_layer(), tar([("app/key", AWS_KEY)])])


@pytest.mark.parametrize(("action", "status", "word"), [("fail", 1, "fails"), ("warn", 0, "warns")])
def test_a_rule_fails_or_warns(action: str, status: int, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The line says which rule, how many findings, and what they are; the usual place is found without being named."""
    (tmp_path / ".periderm").mkdir()
    (tmp_path / ".periderm" / "policy.yaml").write_text(RULES.replace("ACTION", action))
    assert run(["scan", "image", "a.tar"]) == status
    told = "".join(capsys.readouterr())
    assert f"Policy: secrets {word}, 1 findings: No secrets in images (IMG-001)" in told
    assert "never" not in told


def test_nothing_met_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That the policy was read is worth a line."""
    (tmp_path / "p.yaml").write_text("policy:\n  - {id: never, condition: severity > critical}\n")
    assert run(["scan", "image", "a.tar", "--policy", "p.yaml"]) == 0
    assert "Policy: none of 1 rules is met." in "".join(capsys.readouterr())


def test_a_wrong_policy_scans_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told with line and column before the scan begins."""
    (tmp_path / "p.yaml").write_text("policy:\n  - id: a\n    condition: severty > low\n")
    assert run(["scan", "image", "gone.tar", "--policy", "p.yaml"]) == 2
    assert "p.yaml:3:16" in capsys.readouterr().err
