"""Secrets in build files."""

from __future__ import annotations

import pytest

from periderm.model.severity import Severity
from tests.engines.config.files import COMPOSE, GITLAB, STEPS, WORKFLOW, hits, judged, lines

SECRET = "Zq81kd" + "PpW4xT90vB"


@pytest.mark.parametrize(
    ("text", "path", "found"),
    [
        (f"FROM a:1\nENV API_TOKEN={SECRET}\n", "Dockerfile", ("CFG-034", 2)),
        (f"FROM a:1\nRUN deploy --api-key {SECRET}\n", "Dockerfile", ("CFG-036", 2)),
        (f"FROM a:1\nRUN curl -H 'Authorization: Bearer {SECRET}' x\n", "Dockerfile", ("CFG-036", 2)),
        (f"FROM a:1\nRUN echo '//r.example/:_authToken={SECRET}' > .npmrc\n", "Dockerfile", ("CFG-036", 2)),
        (f"on: push\nenv:\n  API_KEY: {SECRET}\njobs: {{}}\n", WORKFLOW, ("CFG-037", 3)),
        (
            f"on: push\njobs:\n  a:\n    container:\n      image: x:1\n      credentials:\n        password: {SECRET}\n",
            WORKFLOW,
            ("CFG-037", 7),
        ),
        (f"a:\n  variables:\n    DSN: postgres://u:{SECRET}@h/d\n", GITLAB, ("CFG-037", 3)),
        (f"services:\n  a:\n    environment:\n      - API_KEY={SECRET}\n", COMPOSE, ("CFG-051", 4)),
    ],
)
def test_found_and_masked(text: str, path: str, found: tuple[str, int]) -> None:
    """At its line, and never shown."""
    assert found in hits(text, path)
    assert all(SECRET not in one.evidence + one.message.en + one.change.en for one in judged(text, path))


def test_a_made_up_password_is_less_than_a_token() -> None:
    """By how it looks."""
    severities = [
        one.severity for one in judged(f"FROM a:1\nENV P_TOKEN={SECRET}\nENV DB_PASSWORD=Tr0ub4dor9\n", only="CFG-034")
    ]
    assert severities == [Severity.HIGH, Severity.MEDIUM]


def test_passwords_of_a_jobs_own_database() -> None:
    """They live as long as the job."""
    text = "on: push\njobs:\n  a:\n    services:\n      db:\n"
    text += "        image: postgres:16.2\n        env:\n          POSTGRES_PASSWORD: postgres\n"
    assert lines(text, "CFG-037", WORKFLOW) == []
    assert lines("variables:\n  DSN: postgres://app:postgres@db/x\n", "CFG-037", GITLAB) == []
    (one,) = judged("services:\n  db:\n    environment: {POSTGRES_PASSWORD: postgres}\n", COMPOSE, "CFG-051")
    assert one.severity is Severity.LOW


def test_arguments() -> None:
    """An ARG that asks for a secret, an ENV that keeps one; the mount is written out."""
    found = judged("FROM a:1\nARG NPM_TOKEN\nENV X_TOKEN=$NPM_TOKEN\nARG TOKEN_URL\n", only="CFG-035")
    assert [(one.line, one.severity) for one in found] == [(2, Severity.MEDIUM), (3, Severity.HIGH)]
    assert "--mount=type=secret,id=npm_token,env=NPM_TOKEN" in found[0].change.en


def test_what_is_printed() -> None:
    """Into the log, and not into a file or a program."""
    env = "        env: {T: '${{ secrets.T }}'}\n"
    text = (
        "on: push\n"
        + STEPS
        + "      - run: echo $T\n"
        + env
        + "      - run: echo $T > f\n"
        + env
        + "      - run: echo $OTHER\n"
    )
    assert lines(text, "CFG-039", WORKFLOW) == [6]
    assert lines(
        "a:\n  script:\n    - echo $DEPLOY_TOKEN\n    - echo $CI_COMMIT_SHA\n    - echo $P_TOKEN | x\n", "CFG-039", GITLAB
    ) == [3]


def test_command_lines_and_artifacts() -> None:
    """Passwords as arguments, files as artifacts."""
    assert lines("a:\n  script:\n    - docker login -u a -p $P r\n    - docker run -p 80:80 x\n", "CFG-038", GITLAB) == [3]
    assert lines(
        "a:\n  script: [x]\n  artifacts:\n    paths:\n      - build/.env\n      - .env.example\n", "CFG-040", GITLAB
    ) == [5]
