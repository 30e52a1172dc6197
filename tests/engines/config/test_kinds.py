"""Which paths are build files."""

from __future__ import annotations

import pytest

from periderm.engines.config.kinds import kind_of, may_be_part
from periderm.model.build_file import FileKind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("Dockerfile", FileKind.CONTAINER),
        ("a/b/Dockerfile.prod", FileKind.CONTAINER),
        ("app.dockerfile", FileKind.CONTAINER),
        ("Containerfile", FileKind.CONTAINER),
        ("Dockerfile-alpine", FileKind.CONTAINER),
        ("compose.yaml", FileKind.COMPOSE),
        ("x/docker-compose.override.yml", FileKind.COMPOSE),
        (".github/workflows/ci.yml", FileKind.WORKFLOW),
        ("x/.forgejo/workflows/ci.yaml", FileKind.WORKFLOW),
        ("action.yml", FileKind.ACTION),
        (".gitlab-ci.yml", FileKind.GITLAB),
        ("ci/build.gitlab-ci.yml", FileKind.GITLAB),
        (".gitlab/ci/x/y.yml", FileKind.GITLAB),
    ],
)
def test_kinds(path: str, kind: FileKind) -> None:
    """The names that builders and services look for."""
    assert kind_of(path) is kind


@pytest.mark.parametrize(
    "path",
    [
        "Dockerfile.dockerignore",
        "Dockerfile.tmpl",
        "Dockerfile.md",
        "dockerfile.py",
        "node_modules/x/Dockerfile",
        "go/vendor/x/Dockerfile",
        ".github/dependabot.yml",
        "workflows/ci.yml",
        "decompose.yml",
        "values.yaml",
        "MyDockerfiles/x",
    ],
)
def test_others(path: str) -> None:
    """Templates, copies of others' code, other YAML."""
    assert kind_of(path) is None


def test_what_may_be_part_of_a_compose_file() -> None:
    """YAML under another name; nothing that is a build file itself, or a copy."""
    assert may_be_part("infra/db.yml")
    for path in ("compose.yaml", "vendor/a/db.yml", "db.json", ".github/workflows/a.yml"):
        assert not may_be_part(path), path
