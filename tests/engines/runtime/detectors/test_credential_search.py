"""Searches for credentials, by words and by trying files."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.credential_search import DETECTOR
from periderm.engines.runtime.scene import HOST, opens, runs, scene
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("argv", "fires"),
    [
        (("find", "/home", "-name", "*.pem"), True),
        (("find", "/", "-iname", "*kubeconfig*"), True),
        (("grep", "-r", "aws_secret_access_key", "/app"), True),
        (("rg", "ghp_[a-z]"), True),
        (("awk", "/BEGIN OPENSSH PRIVATE KEY/", "-r", "/"), True),
        (("grep", "password", "/etc/app.conf"), False),
        (("find", "/var/lib/postgresql", "-type", "d"), False),
        (("grep", "-rn", "passthrough", "/src"), False),
        (("grep", "^root:", "/etc/passwd"), False),
    ],
)
def test_words(argv: tuple[str, ...], fires: bool) -> None:
    """What is sought, and how widely."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, f"/usr/bin/{argv[0]}", *argv)))) == fires


def test_many_files_of_one_kind_are_no_search() -> None:
    """A program with four AWS profiles reads its own."""
    events = (opens(2, f"/home/{n}/.aws/credentials", at=601 + n) for n in range(9))
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), *events)) == []


def test_a_search_that_takes_hours_is_not_a_burst() -> None:
    """The kinds count within a minute only."""
    paths = ("/root/.aws/credentials", "/root/.netrc", "/root/.kube/config", "/root/.pgpass", "/root/.ssh/id_rsa")
    events = (opens(2, path, at=601 + 300 * n) for n, path in enumerate(paths))
    assert run_example(DETECTOR, scene(runs(2, 1, "/app/x", "x"), *events)) == []


def test_on_a_host_it_is_softer() -> None:
    """An administrator looks for keys too."""
    there = run_example(DETECTOR, scene(runs(9, 1, "/usr/bin/find", "find", "/", "-name", "id_rsa", on=HOST)))
    here = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/find", "find", "/", "-name", "id_rsa")))
    assert there[0].severity < here[0].severity is Severity.HIGH
