"""Facts of a file from its parts."""

from __future__ import annotations

import pytest

from periderm.engines.config import gathering
from periderm.model.errors import LimitError
from tests.engines.config.files import ACTION, GITLAB, STEPS, WORKFLOW, facts


def programs(text: str, path: str = "Dockerfile") -> list[tuple[str, int]]:
    """(program, line) of all commands."""
    return [(command.program, command.line) for _, command in facts(text, path).commands()]


def test_scripts_of_container_files() -> None:
    """Shell and JSON form, here-documents; another shell's scripts are not read as this one's."""
    assert programs('FROM a:1\nRUN a && \\\n  b\nRUN ["c", "d e"]\nRUN <<E\nf\ng\nE\n') == [
        ("a", 2),
        ("b", 3),
        ("c", 4),
        ("f", 6),
        ("g", 7),
    ]
    assert programs("FROM a:1\nRUN <<E\n#!/usr/bin/env python\nx\nE\n") == []
    assert programs('FROM a:1\nSHELL ["powershell"]\nRUN x\nSHELL ["/bin/sh", "-c"]\nRUN y\n') == [("y", 5)]
    assert programs("# escape=`\nFROM a:1\nRUN dir c:\\\n") == []


def test_scripts_of_pipelines() -> None:
    """Steps of workflows and actions, lists in lists of GitLab; another shell is left alone."""
    assert programs(
        "on: push\n" + STEPS + "      - run: |\n          a\n          b\n      - run: c\n        shell: pwsh\n", WORKFLOW
    ) == [("a", 7), ("b", 8)]
    assert programs("runs:\n  steps:\n    - run: a\n", ACTION) == [("a", 3)]
    text = "default:\n  before_script: [a]\nvariables: {script: no}\nx:\n  script:\n    - [b, [c]]\n    - |\n      d\n"
    assert programs(text, GITLAB) == [("a", 2), ("b", 6), ("c", 6), ("d", 8)]


def test_final() -> None:
    """Only what the last stage is made of stays."""
    found = facts("FROM a:1 AS x\nRUN a\nFROM b:1 AS y\nRUN b\nFROM x\nRUN c\n")
    assert [found.final(run) for run in found.runs] == [True, False, True]


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many scripts are an error, and no silence."""
    monkeypatch.setattr(gathering, "MOST_SCRIPTS", 2)
    with pytest.raises(LimitError):
        facts("FROM a:1\n" + "RUN x\n" * 3)
    with pytest.raises(LimitError):
        facts("on: push\n" + STEPS + "      - uses: x@y\n" * 3, WORKFLOW)
