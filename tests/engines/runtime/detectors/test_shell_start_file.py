"""Files that shells run when they start."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.shell_start_file import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/bash", "bash", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize(
    ("path", "fires"),
    [
        ("/root/.profile", True),
        ("/home/a/.zshrc", True),
        ("/etc/bash.bashrc", True),
        ("/etc/./profile.d//x.sh", True),
        ("/root/.config/fish/config.fish", True),
        ("/root/.bashrc.bak", False),
        ("/srv/docs/profile", False),
    ],
)
def test_files(path: str, fires: bool) -> None:
    """Of every shell, for one or for all."""
    assert bool(run_example(DETECTOR, scene(SESSION, row(EventKind.RENAME, 2, path, raw="/tmp/x")))) == fires


def test_an_editor_in_a_session_is_milder_than_a_redirection() -> None:
    """People do edit these files."""
    vim = scene(runs(2, 900, "/usr/bin/vim", "vim", flags=EventFlag.EXEC_SESSION), opens(2, "/root/.bashrc", write=True))
    echo = scene(SESSION, opens(2, "/root/.bashrc", write=True))
    assert [run_example(DETECTOR, given)[0].severity for given in (vim, echo)] == [Severity.MEDIUM, Severity.HIGH]
