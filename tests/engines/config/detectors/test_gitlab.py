"""GitLab pipelines."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import GITLAB, hits, judged, lines


def test_images_everywhere() -> None:
    """Of all jobs, of `default`, of a job, of services, in both forms."""
    text = "image: a\ndefault:\n"
    text += "  image: b:latest\nx:\n  image: {name: c}\n  services: [d, {name: 'e:1'}]\n  script: [y]\nvariables: {image: f}\n"
    assert lines(text, "CFG-073", GITLAB) == [1, 3, 5, 6]


@pytest.mark.parametrize(
    ("include", "found"),
    [
        ("[{remote: 'https://x.example/a.yml'}]", ("CFG-074", Severity.MEDIUM)),
        ("http://x.example/a.yml", ("CFG-074", Severity.HIGH)),
        ("[{project: a/b, ref: main, file: c}]", ("CFG-075", Severity.LOW)),
        ("[{project: a/b, ref: v1.2, file: c}]", ("CFG-075", Severity.INFORMATIONAL)),
        ("[{component: h/a/b@main}]", ("CFG-075", Severity.LOW)),
        ("[{local: a.yml}, b.yml, {template: c}]", None),
    ],
)
def test_includes(include: str, found: tuple[str, Severity] | None) -> None:
    """By how much it can move."""
    assert [(one.detector, one.severity) for one in judged(f"include: {include}\n", GITLAB)] == ([found] if found else [])


def test_variables_and_jobs() -> None:
    """In both forms of variables; security jobs by name or by what they run."""
    text = "variables:\n"
    text += "  CI_DEBUG_TRACE: {value: 'true'}\n  DOCKER_HOST: tcp://docker:2375\n"
    text += "a:\n  script: [semgrep ci]\n  allow_failure: true\n"
    assert {("CFG-076", 2), ("CFG-077", 3), ("CFG-078", 6)} <= hits(text, GITLAB)


@pytest.mark.parametrize(
    ("script", "fires"),
    [
        ('bash -c "deploy $CI_COMMIT_REF_NAME"', True),
        ('ssh host "cd /x && git checkout ${CI_COMMIT_BRANCH}"', True),
        ("bash -c 'deploy \"$CI_COMMIT_REF_NAME\"'", False),
        ('deploy "$CI_COMMIT_REF_NAME"', False),
        ('bash -c "deploy $CI_COMMIT_SHA"', False),
    ],
)
def test_words_as_commands(script: str, fires: bool) -> None:
    """Only where another shell reads them again."""
    assert bool(lines("a:\n  script:\n    - |\n      " + script + "\n", "CFG-079", GITLAB)) is fires


def test_deployments() -> None:
    """A person who starts it, or a narrower condition, keeps it quiet."""
    job = (
        "d:\n  script: [x]\n"
        "  environment: {{name: production}}\n  rules:\n    - {{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"{}'{}}}\n"
    ).format
    assert lines(job("", ""), "CFG-080", GITLAB) == [5]
    assert lines(job("", ", when: manual"), "CFG-080", GITLAB) == []
    assert lines(job(" && $X", ""), "CFG-080", GITLAB) == []
