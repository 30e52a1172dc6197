"""`periderm trust` and `scan --trust` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.test_trust import KEY, write_policy
from tests.cli.conftest import Periderm
from tests.signed import NAME, SignedImage
from tests.sigstore import IDENTITY, statement, world


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    """An image that a key and an identity signed."""
    image = SignedImage()
    image.by_key(KEY)
    image.referring(world().bundle(statement(image.digest), issuer="https://other.example.org"))
    image.referring(world().bundle(statement(image.digest)))
    return image.write(tmp_path / "x")


def test_show_and_lint(periderm: Periderm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules in both languages and as JSON; a mistake with its line; none is said."""
    path = str(write_policy(tmp_path))
    status, out, _ = periderm("trust", "show", path)
    assert status == 0
    assert "release.pub" in out
    assert IDENTITY in out
    assert "拒绝" in periderm("trust", "show", "--trust", path, "--lang", "zh")[1]
    assert "1 rules, nothing wrong" in periderm("trust", "lint", path)[1]
    assert json.loads(periderm("trust", "show", path, "--json")[1])["rules"][0]["name"] == "registry.example.org/*"
    (tmp_path / "bad.yaml").write_text("trust:\n  rules:\n    - imagez: [x]\n")
    status, _, err = periderm("trust", "lint", str(tmp_path / "bad.yaml"))
    assert status == 2
    assert "bad.yaml:3:7" in err
    monkeypatch.chdir(tmp_path)
    assert periderm("trust")[0] == 4
    assert periderm("trust", "show", path, "--trust", path)[0] == 2


def test_check(periderm: Periderm, layout: Path, tmp_path: Path) -> None:
    """Who signed, what does not count, and the exit status; without a target it is no question."""
    path = str(write_policy(tmp_path))
    status, out, _ = periderm("trust", "check", f"layout:{layout}", "--trust", path, "--offline")
    assert status == 0
    assert IDENTITY in out
    assert "another identity provider" in out
    assert "信任" in periderm("trust", "check", f"layout:{layout}", "--trust", path, "--offline", "--lang", "zh")[1]
    other = str(write_policy(tmp_path, "registries: [other.example.org]"))
    status, out, _ = periderm("trust", "check", f"layout:{layout}", "--trust", other, "--offline")
    assert status == 1
    assert "TRU-002" in out
    told = json.loads(periderm("trust", "check", f"layout:{layout}", "--trust", other, "--json")[1])
    assert told["verdict"]["trusted"] is False
    assert periderm("trust", "check", "--trust", path)[0] == 2


def test_a_scan_says_who_signed(periderm: Periderm, layout: Path, tmp_path: Path) -> None:
    """In the table, JSON and HTML; what the policy does not allow is a finding: a gate meets it, an exception excuses it."""
    path = str(write_policy(tmp_path))
    base = ("scan", "image", str(layout), "--offline", "--scanners", "configuration", "--trust")
    status, out, _ = periderm(*base, path)
    assert status == 0
    assert f"Signed by {IDENTITY}" in out
    told = json.loads(periderm(*base, path, "--format", "json")[1])
    assert told["trust"]["trusted"] is True
    assert told["inventory"]["reference"] == NAME
    assert IDENTITY in periderm(*base, path, "--format", "html")[1]
    other = str(write_policy(tmp_path, "registries: [other.example.org]"))
    status, out, _ = periderm(*base, other, "--fail-on", "high")
    assert status == 1
    assert "TRU-002" in out
    assert "TRU-002" in periderm(*base, other, "--format", "sarif")[1]
    excuse = tmp_path / "exceptions.yaml"
    excuse.write_text(
        "exceptions:\n  - reason: moving\n    owner: a@example.org\n    expires: 2999-01-01\n    scope: {findings: [TRU-002]}\n"
    )
    assert periderm(*base, other, "--exceptions", str(excuse), "--fail-on", "high")[0] == 0


def test_what_source_code_builds_on(periderm: Periderm, tmp_path: Path) -> None:
    """The policy of the folder is honoured without being named."""
    (tmp_path / ".periderm").mkdir()
    write_policy(tmp_path / ".periderm", "registries: [registry.example.org]")
    (tmp_path / "Dockerfile").write_text("FROM quay.example.net/x:1\nUSER 5\n")
    status, out, _ = periderm("scan", "repo", str(tmp_path), "--offline", "--scanners", "configuration")
    assert status == 0
    assert "TRU-010" in out
