"""Workflows as detectors look at them."""

from __future__ import annotations

import pytest

from periderm.engines.config.workflows import (
    Tainted,
    by_job,
    expressions,
    jobs_in,
    scripts,
    steps,
    triggers,
    untrusted,
    variables_of,
)
from periderm.model.build_file import Scalar
from tests.engines.config.files import ACTION, STEPS, WORKFLOW, facts


@pytest.mark.parametrize("on", ["push", "[push, pull_request]", "{push: {branches: [a]}, pull_request: }"])
def test_triggers(on: str) -> None:
    """A word, a list, a mapping."""
    assert "push" in triggers(facts(f"on: {on}\njobs: {{}}\n", WORKFLOW).tree)
    assert triggers(facts("jobs: {}\n", WORKFLOW).tree) == frozenset()


def test_steps() -> None:
    """Actions with their reference, scripts, reusable workflows, and the steps of an action."""
    found = facts(
        "on: push\n" + STEPS + "      - uses: o/r@v1\n      - run: x\n  b:\n    uses: o/r/.github/workflows/w.yml@main\n",
        WORKFLOW,
    )
    assert [(s.job, s.uses, s.ref, s.line) for s in steps(found)] == [
        ("a", "o/r", "v1", 6),
        ("a", "", "", 7),
        ("b", "o/r/.github/workflows/w.yml", "main", 9),
    ]
    assert [script.text for _, script in scripts(found)] == ["x"]
    assert {job: len(some) for job, some in by_job(found).items()} == {"a": 2, "b": 1}
    assert len(list(jobs_in(found.tree))) == 2
    assert [s.body.text("run") for s in steps(facts("runs:\n  steps:\n    - run: y\n", ACTION))] == ["y"]


@pytest.mark.parametrize(
    "expression",
    [
        "github.event.issue.title",
        "github.head_ref || github.ref_name",
        "format('{0}', github.event.comment.body)",
        "github.event.commits[0].message",
        "github.event.pages.*.page_name",
        "toJSON(github.event)",
        "GITHUB.EVENT.ISSUE.BODY",
    ],
)
def test_words_of_strangers(expression: str) -> None:
    """What ends in a text that a stranger writes."""
    assert untrusted(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "github.event.issue.number",
        "github.sha",
        "contains(github.event.issue.title, 'x')",
        "github.head_ref == 'main'",
        "github.event.pull_request.head.sha",
        "github.event.pull_request.merged && 'a' || 'b'",
        "secrets.T",
    ],
)
def test_other_expressions(expression: str) -> None:
    """Numbers, commits, tests of a text."""
    assert not untrusted(expression)


def test_expressions_have_lines() -> None:
    """In a block each has its own; one without an end is none."""
    script = Scalar("a\n${{ x }}\n${{ y }} ${{ z", 4, block=True)
    assert list(expressions(script)) == [("x", 6), ("y", 7)]
    assert list(variables_of("env.A == env['B-C'] || env['D']")) == ["A", "D"]


def test_tainted_variables() -> None:
    """Of the file, the job and the step."""
    found = facts("on: push\nenv: {A: '${{ github.head_ref }}', B: x}\n" + STEPS + "      - run: x\n", WORKFLOW)
    (step,) = steps(found)
    assert dict(Tainted(found).of(step)) == {"A": "github.head_ref"}
