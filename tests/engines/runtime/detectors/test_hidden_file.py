"""Hidden files where none belong, and the dot files of every day."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.hidden_file import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

SESSION = runs(2, 900, "/usr/bin/dash", "sh", "-c", "…", flags=EventFlag.EXEC_SESSION)


@pytest.mark.parametrize("kind", [EventKind.MKDIR, EventKind.RENAME, EventKind.SYMLINK, EventKind.LINK])
@pytest.mark.parametrize(
    "path", ["/tmp/.xyz", "/dev/shm/.a", "/usr/bin/.b", "/tmp/...", "/var/tmp/.. /x", "/etc/.hid", "/.rootkit/x"]
)
def test_every_way_to_make_one(kind: EventKind, path: str) -> None:
    """By folder, new name and link."""
    assert run_example(DETECTOR, scene(SESSION, row(kind, 2, path)))


@pytest.mark.parametrize(
    "path",
    ["/root/.bashrc", "/home/a/.config/x", "/tmp/.X11-unix/X0", "/tmp/.java_pid7", "/var/run/.s.PGSQL.5432", "/tmp/../tmp/x",
     "/srv/.git/index", "/etc/.pwd.lock", "/usr/share/doc/x"],
)  # fmt: skip
def test_dot_files_of_every_day(path: str) -> None:
    """Homes, sockets, locks."""
    assert run_example(DETECTOR, scene(SESSION, opens(2, path, write=True, arg0=0o100))) == []


@pytest.mark.parametrize("exe", ["/tmp/.x", "/dev/shm/.ICE/a", "/usr/lib/.../sshd", "/var/tmp/.b/c"])
def test_hidden_programs(exe: str) -> None:
    """To run one from such a place is an attack in a container and on a host."""
    for on in (SHOP, HOST):
        assert [a.severity for a in run_example(DETECTOR, scene(runs(9, 1, exe, "x", on=on)))] == [Severity.HIGH]


@pytest.mark.parametrize(
    "exe",
    [
        "/root/.cargo/bin/rustc",
        "/home/a/.nvm/versions/node/v20/bin/node",
        "/app/.venv/bin/gunicorn",
        "/app/node_modules/.bin/tsc",
        "/root/.vscode-server/bin/x/node",
        "/tmp/.mount_app/AppRun",
    ],
)
def test_tools_in_homes(exe: str) -> None:
    """Where tool managers put their programs."""
    assert run_example(DETECTOR, scene(runs(9, 1, exe, "x"))) == []


def test_reading_is_not_making() -> None:
    """Only what creates counts."""
    assert run_example(DETECTOR, scene(SESSION, opens(2, "/tmp/.xyz"))) == []
