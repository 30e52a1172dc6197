"""Who works in a shell, and who only runs one."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.interactive_shell import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity

SESSION = EventFlag.TTY | EventFlag.EXEC_SESSION


@pytest.mark.parametrize(
    ("exe", "argv"),
    [
        ("/usr/bin/zsh", ("-zsh",)),
        ("/bin/busybox.static", ("busybox.static", "sh")),
        ("/opt/thing", ("bash",)),
        ("/usr/bin/bash", ("bash", "--norc")),
        ("/usr/bin/bash", ("bash", "-lc", "cd /srv; exec bash")),
        ("/lib/ld-musl-x86_64.so.1", ("ld.so", "--library-path", "/lib", "/bin/ash")),
    ],
)
def test_a_session_is_opened_with_a_shell(exe: str, argv: tuple[str, ...]) -> None:
    """However the shell is called."""
    assert run_example(DETECTOR, scene(runs(2, 900, exe, *argv, flags=SESSION)))


def test_a_shell_as_the_wish_of_who_started_the_container_is_said_softly() -> None:
    """`podman run -it image bash` is not an intrusion, but nobody should need it."""
    said = run_example(DETECTOR, scene(runs(1, 0, "/usr/bin/bash", "bash", at=0.0, flags=EventFlag.TTY)))
    assert [alert.severity for alert in said] == [Severity.LOW]


def test_scripts_below_an_open_shell_are_not_told_one_by_one() -> None:
    """Who works in a shell runs scripts; the first alert has said it."""
    said = run_example(
        DETECTOR,
        scene(
            runs(2, 900, "/usr/bin/bash", "bash", flags=SESSION),
            runs(3, 2, "/usr/bin/dash", "sh", "./configure", flags=SESSION),
            runs(4, 2, "/usr/bin/dash", "sh", "-c", "true", flags=SESSION),
        ),
    )
    assert [alert.process.key for alert in said] == [2]
    assert said[0].evidence == {"how": "exec", "tty": "yes"}
