"""Files that come into images."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import judged, lines


@pytest.mark.parametrize(
    "name",
    [
        "id_ed25519",
        ".ssh/",
        ".env",
        ".env.production",
        ".aws/credentials",
        ".netrc",
        "conf/server.key",
        "x.p12",
        "terraform.tfstate",
        "gcp-service-account.json",
        ".npmrc",
    ],
)
def test_secret_files(name: str) -> None:
    """By their names."""
    assert lines(f"FROM a:1\nCOPY {name} /x/\n", "CFG-021") == [2]


@pytest.mark.parametrize(
    "name", [".env.example", "id_rsa.pub", "ca.pem", "environment.ts", "keys.md", "package.json", "monkey.keyx"]
)
def test_other_files(name: str) -> None:
    """Templates, public parts, words that look alike."""
    assert lines(f"FROM a:1\nCOPY {name} /x/\n", "CFG-021") == []


def test_a_stage_that_is_thrown_away() -> None:
    """It is less there, and still in the build's cache."""
    (one,) = judged("FROM a:1 AS b\nCOPY .env .\nFROM c:1\n", only="CFG-021")
    assert one.severity is Severity.LOW


@pytest.mark.parametrize(
    ("source", "severity"),
    [
        ("https://x.example/a", Severity.MEDIUM),
        ("http://x.example/a", Severity.HIGH),
        ("git@x.example:a/b.git", Severity.MEDIUM),
    ],
)
def test_remote(source: str, severity: Severity) -> None:
    """An open connection is worse."""
    assert [one.severity for one in judged(f"FROM a:1\nADD {source} /x\n", only="CFG-019")] == [severity]


def test_the_whole_folder() -> None:
    """Told once, and only where no ignore file lies beside or above."""
    (one,) = judged("FROM a:1\nCOPY . /a\nCOPY ./ /b\n", "x/y/Dockerfile", only="CFG-022")
    assert {".dockerignore", "../.dockerignore", "Dockerfile.dockerignore"} <= set(one.unless)


def test_add() -> None:
    """Archives and here-documents are what ADD is for."""
    assert lines("FROM a:1\nADD a.tar.gz /\nADD <<E /x\ny\nE\nADD $A /y\nADD b /z\n", "CFG-020") == [7]
