"""Accounts that look like the system's."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.masquerade_account import DETECTOR
from periderm.engines.runtime.scene import runs, scene
from periderm.model.event import EventFlag
from periderm.model.severity import Severity


@pytest.mark.parametrize("name", ["r00t", "sshd1", "root_", "systemd-update", "www_data", "dæmon", "mysql2"])
def test_names_that_resemble(name: str) -> None:
    """Numbers, signs and letters that stand for others (a name in another script resembles nothing)."""
    said = run_example(DETECTOR, scene(runs(2, 900, "/usr/sbin/useradd", "useradd", name, flags=EventFlag.EXEC_SESSION)))
    assert bool(said) == name.isascii()


@pytest.mark.parametrize("name", ["alice", "app", "redis", "deploy", "git", "node"])
def test_names_that_do_not(name: str) -> None:
    """People and services."""
    assert (
        run_example(DETECTOR, scene(runs(2, 900, "/usr/sbin/useradd", "useradd", "-m", name, flags=EventFlag.EXEC_SESSION)))
        == []
    )


@pytest.mark.parametrize("argv", [("-o", "-u", "0", "x"), ("-ou0", "x"), ("--uid=0", "x"), ("-u", "00", "-o", "x")])
def test_user_id_zero(argv: tuple[str, ...]) -> None:
    """However it is written."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/sbin/useradd", "useradd", *argv)))[0].severity is Severity.HIGH


def test_a_shell_that_only_looks() -> None:
    """grep for such a line is an audit."""
    assert run_example(DETECTOR, scene(runs(2, 1, "/usr/bin/grep", "grep", "x:x:0:0:x:/root:/bin/sh", "/etc/passwd"))) == []
