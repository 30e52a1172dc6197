"""Archives through an exec session."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.copy_by_exec import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

S = EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    ("argv", "severity"),
    [
        (("tar", "cf", "-", "/srv/x"), Severity.LOW),
        (("tar", "cf", "-", "/etc"), Severity.MEDIUM),
        (("tar", "--create", "--file=-", "/root"), Severity.LOW),
        (("tar", "-czf", "-", "/root/.ssh/id_rsa"), Severity.HIGH),
        (("tar", "-cO", "/var/run/secrets/kubernetes.io/serviceaccount/token"), Severity.HIGH),
        (("tar", "xf", "-", "-C", "/"), Severity.LOW),
    ],
)
def test_by_what_is_copied(argv: tuple[str, ...], severity: Severity) -> None:
    """Secrets are high, whole trees medium."""
    said = run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/tar", *argv, flags=S)))
    assert said
    assert said[0].severity >= severity


@pytest.mark.parametrize("argv", [("tar", "cf", "/x.tar", "/srv"), ("tar", "--version"), ("tar", "xf", "a.tar")])
def test_files_stay_here(argv: tuple[str, ...]) -> None:
    """Nothing goes through the session."""
    assert run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/tar", *argv, flags=S))) == []


def test_a_person_in_a_terminal_packs_by_hand() -> None:
    """That is no `kubectl cp`; the session has its own alert."""
    shell = runs(2, 900, "/usr/bin/bash", "bash", flags=S | EventFlag.TTY)
    assert (
        run_example(DETECTOR, scene(shell, runs(3, 2, "/usr/bin/tar", "tar", "cf", "-", "/etc", flags=S | EventFlag.TTY))) == []
    )
