"""Shells' histories."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.history_removed import DETECTOR
from periderm.engines.runtime.scene import row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("words", "fires"),
    [
        ("unset HISTFILE", True),
        ("export HISTFILE=/dev/null; id", True),
        ("history -cw", True),
        ("set +o history", True),
        ("HISTSIZE=0 bash", True),
        ("uns''et HIST''FILE", True),
        ("export HISTSIZE=1000", False),
        ("cat history", False),
    ],
)
def test_words(words: str, fires: bool) -> None:
    """Also with quotes in between."""
    assert (
        bool(run_example(DETECTOR, scene(runs(2, 900, "/usr/bin/bash", "bash", "-c", words, flags=EventFlag.EXEC_SESSION))))
        == fires
    )


def test_moved_away() -> None:
    """A rename takes it away as well."""
    events = (runs(2, 1, "/usr/bin/mv", "mv"), row(EventKind.RENAME, 2, "/tmp/x", raw="/root/.bash_history"))
    assert run_example(DETECTOR, scene(*events))[0].techniques == ("T1070.003",)


@pytest.mark.parametrize(
    ("variable", "fires"), [("HISTFILE=", True), ("HISTSIZE=0", True), ("HISTFILE=/root/.h", False), ("HISTSIZE=500", False)]
)
def test_variables(variable: str, fires: bool) -> None:
    """Switched off before the shell starts."""
    events = (runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION), row(EventKind.ENVIRONMENT, 2, variable))
    said = run_example(DETECTOR, scene(*events))
    assert bool(said) == fires
    assert all(alert.severity <= Severity.MEDIUM for alert in said)
