"""Workflows and the words and code of strangers."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import ACTION, STEPS, WORKFLOW, judged, lines

CHECKOUT = "      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n"


@pytest.mark.parametrize(
    ("head", "tail", "severity"),
    [
        ("on: pull_request_target\n", "      - run: npm test\n", Severity.CRITICAL),
        ("on: pull_request_target\n", "      - run: echo hi\n", Severity.HIGH),
        ("on: [push, workflow_run]\n", "      - run: make\n", Severity.CRITICAL),
        ("on: pull_request\n", "      - run: make\n", None),
        ("on: issues\n", "      - run: make\n", None),
    ],
)
def test_a_strangers_code(head: str, tail: str, severity: Severity | None) -> None:
    """Worse if it is run; nothing where no secrets are."""
    found = [one.severity for one in judged(head + STEPS + CHECKOUT + tail, WORKFLOW, "CFG-055")]
    assert found == ([severity] if severity else [])


def test_conditions_that_keep_forks_out() -> None:
    """On the job or the step; an environment asks a person."""
    job = "on: pull_request_target\njobs:\n  a:\n    if: {}\n    runs-on: x\n    {}steps:\n".format
    assert (
        lines(job("github.event.pull_request.head.repo.full_name == github.repository", "") + CHECKOUT, "CFG-055", WORKFLOW)
        == []
    )
    (one,) = judged(job("always()", "environment: review\n    ") + CHECKOUT + "      - run: make\n", WORKFLOW, "CFG-055")
    assert one.severity is Severity.MEDIUM


def test_words_as_commands() -> None:
    """Each at its own line in a block; the change names a variable and the expression."""
    text = (
        "on: issue_comment\n"
        + STEPS
        + "      - run: |\n          a\n"
        + "          echo ${{ github.event.comment.body }}\n          echo ${{ github.event.issue.title }}\n"
    )
    found = judged(text, WORKFLOW, "CFG-056")
    assert [one.line for one in found] == [8, 9]
    assert "env: {BODY: ${{ github.event.comment.body }}}" in found[0].change.en
    assert found[0].severity is Severity.HIGH
    (less,) = judged("on: pull_request\n" + STEPS + "      - run: echo ${{ github.head_ref }}\n", WORKFLOW, "CFG-056")
    assert less.severity is Severity.MEDIUM


def test_inputs() -> None:
    """Of actions and of workflows that others call; whoever starts one by hand may change it too."""
    assert lines("runs:\n  steps:\n    - run: echo ${{ inputs.x }}\n", "CFG-057", ACTION) == [3]
    assert lines("on: workflow_dispatch\n" + STEPS + "      - run: echo ${{ inputs.x }}\n", "CFG-057", WORKFLOW) == []
    assert lines("on: workflow_call\n" + STEPS + "      - run: echo ${{ inputs.x }}\n", "CFG-057", WORKFLOW) == [6]


def test_the_rest() -> None:
    """Actors, artifacts, files of variables."""
    text = "on: workflow_run\njobs:\n  a:\n"
    text += "    if: github.actor == 'renovate[bot]'\n    runs-on: x\n"
    text += "    steps:\n      - uses: dawidd6/action-download-artifact@v3\n"
    assert {one.detector for one in judged(text, WORKFLOW)} >= {"CFG-058", "CFG-059"}
    text = (
        "on: issues\n"
        + STEPS
        + "      - run: echo A=$A >> \"$GITHUB_PATH\"\n        env: {A: '${{ github.event.issue.body }}'}\n"
    )
    assert lines(text, "CFG-061", WORKFLOW) == [6]
