"""Rights of workflows."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import STEPS, WORKFLOW, hits, judged, lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on: push\n" + STEPS + "      - run: x\n", [2]),
        ("on: push\npermissions: {}\n" + STEPS + "      - run: x\n", []),
        ("on: workflow_call\n" + STEPS + "      - run: x\n", []),
    ],
)
def test_missing(text: str, found: list[int]) -> None:
    """Above the jobs, in each, or from the caller."""
    assert lines(text, "CFG-064", WORKFLOW) == found


def test_broad() -> None:
    """Everything is worse than one right that two jobs share; a right of a job is its own."""
    two = "  b: {runs-on: x, steps: [{run: y}]}\n"
    assert [
        o.severity
        for o in judged("on: push\npermissions: {packages: write}\n" + STEPS + "      - run: x\n" + two, WORKFLOW, "CFG-065")
    ] == [Severity.LOW]
    assert [
        o.severity for o in judged("on: push\npermissions: write-all\n" + STEPS + "      - run: x\n", WORKFLOW, "CFG-065")
    ] == [Severity.MEDIUM]
    assert (
        lines("on: push\npermissions: {pull-requests: write}\n" + STEPS + "      - run: x\n" + two, "CFG-065", WORKFLOW) == []
    )


def test_machines() -> None:
    """Labels as a word or a list; groups are not known."""
    job = "on: pull_request\njobs:\n  a:\n    runs-on: {}\n    steps: [{{run: x}}]\n".format
    assert lines(job("self-hosted"), "CFG-060", WORKFLOW) == [3]
    assert lines(job("{group: large}"), "CFG-060", WORKFLOW) == []
    assert lines(job("ubuntu-24.04"), "CFG-060", WORKFLOW) == []


def test_the_rest() -> None:
    """All secrets, old commands, tokens in artifacts, privileged containers."""
    text = (
        "on: push\nenv: {ACTIONS_ALLOW_UNSECURE_COMMANDS: 'true', S: '${{ toJSON(secrets) }}'}\n"
        + STEPS
        + "      - uses: actions/checkout@v4\n"
        + "      - uses: actions/upload-artifact@v4\n        with: {path: ., include-hidden-files: true}\n"
        + "  b:\n    runs-on: x\n    container: {image: 'a:1', volumes: ['/var/run/docker.sock:/s']}\n    steps: []\n"
    )
    assert {("CFG-067", 2), ("CFG-066", 2), ("CFG-069", 8), ("CFG-072", 12)} <= hits(text, WORKFLOW)
