"""Parts of workflows that others can change."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import STEPS, WORKFLOW, judged, lines


@pytest.mark.parametrize(
    ("uses", "severity"),
    [
        ("actions/checkout@v4", Severity.INFORMATIONAL),
        ("actions/checkout@main", Severity.MEDIUM),
        ("a/b@v1.2.3", Severity.LOW),
        ("a/b@release/v1", Severity.LOW),
        ("a/b@master", Severity.MEDIUM),
        ("docker://a:1", Severity.LOW),
        ("a/b@" + "0" * 40, None),
        ("./local", None),
        ("docker://a@sha256:" + "0" * 64, None),
    ],
)
def test_actions(uses: str, severity: Severity | None) -> None:
    """Branches are worse than tags, strangers' tags worse than the platform's own."""
    found = [one.severity for one in judged("on: push\n" + STEPS + f"      - uses: {uses}\n", WORKFLOW, "CFG-062")]
    assert found == ([severity] if severity else [])


def test_an_action_is_told_once() -> None:
    """At its first place, with how often it is used; another release is another action."""
    step = "      - uses: a/b@v2\n"
    found = judged("on: push\n" + STEPS + step * 3 + "      - uses: a/b@v3\n", WORKFLOW, "CFG-062")
    assert [one.line for one in found] == [6, 9]
    assert "3 times" in found[0].message.en


def test_the_change_keeps_the_name() -> None:
    """A comment keeps the release beside the commit."""
    (one,) = judged("on: push\n" + STEPS + "      - uses: a/b@v2\n", WORKFLOW, "CFG-062")
    assert "`a/b@COMMIT  # v2`" in one.change.en


def test_secrets_for_others() -> None:
    """Each at its line; the run's own token in any case is not one."""
    text = (
        "on: push\n"
        + STEPS
        + "      - uses: a/b@v2\n        with:\n          t: ${{ secrets.github_token }}\n          u: ${{ secrets.DEPLOY }}\n"
    )
    assert lines(text, "CFG-063", WORKFLOW) == [9]


def test_caches_images_and_forgiven_checks() -> None:
    """Where strangers write, where it is published, where it is only a build."""
    step = "      - uses: actions/cache@v4\n"
    assert lines("on: pull_request_target\n" + STEPS + step, "CFG-068", WORKFLOW) == [6]
    assert lines("on: {push: {tags: ['v*']}}\n" + STEPS + step + "      - run: twine upload x\n", "CFG-068", WORKFLOW) == [6]
    assert (
        lines(
            "on: {push: {tags: ['v*'], branches: [main]}}\n" + STEPS + step + "      - run: twine upload x\n",
            "CFG-068",
            WORKFLOW,
        )
        == []
    )
    assert lines("on: push\njobs:\n  a:\n    container: {image: node}\n    steps: []\n", "CFG-071", WORKFLOW) == [4]
    assert lines(
        "on: push\n" + STEPS + "      - run: trivy image x\n        continue-on-error: true\n", "CFG-070", WORKFLOW
    ) == [7]
