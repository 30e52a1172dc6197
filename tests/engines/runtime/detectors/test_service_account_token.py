"""Who reads a pod's token."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.service_account_token import DETECTOR
from periderm.engines.runtime.scene import opens, runs, scene
from periderm.model.severity import Severity

TOKEN = "/run/secrets/kubernetes.io/serviceaccount/..2026_01_02_03_04_05.678/token"


@pytest.mark.parametrize(
    ("exe", "argv", "fires"),
    [
        ("/usr/bin/curl", ("curl", "-d", "@token"), True),
        ("/bin/busybox", ("busybox", "head"), True),
        ("/usr/bin/perl", ("perl", "-e", "…"), True),
        ("/app/server", ("server",), False),
        ("/usr/bin/java", ("java", "-jar", "/app.jar"), False),
        ("/usr/bin/node", ("node", "/app/main.js"), False),
    ],
)
def test_who(exe: str, argv: tuple[str, ...], fires: bool) -> None:
    """A tool reads it, not the workload."""
    assert bool(run_example(DETECTOR, scene(runs(2, 1, exe, *argv), opens(2, TOKEN)))) == fires


def test_the_folder_of_the_day_is_left_out_of_the_object() -> None:
    """Kubernetes swaps tokens every hour; it stays one cause."""
    said = run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/cat", "cat"), opens(2, TOKEN)))
    assert said[0].object == "/run/secrets/kubernetes.io/serviceaccount/token"


def test_a_start_script_reads_it_softly() -> None:
    """Some images put it into a settings file when they start."""
    events = (
        runs(1, 0, "/usr/bin/dash", "sh", "/e.sh", at=0.0),
        runs(2, 1, "/usr/bin/cat", "cat", at=1.0),
        opens(2, TOKEN, at=1.0),
    )
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.LOW]
