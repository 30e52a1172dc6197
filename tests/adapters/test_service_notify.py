"""Telling systemd, over a real socket."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from periderm.adapters.service_notify import notify, watchdog_seconds


@pytest.mark.parametrize("abstract", [False, True])
def test_the_words_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool) -> None:
    """On a socket in a folder, and on one that has only a name."""
    name = f"@periderm-test-{os.getpid()}" if abstract else str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind("\0" + name[1:] if abstract else name)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert notify("READY=1")
        assert server.recv(100) == b"READY=1"


def test_without_a_listener_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not started by systemd, or it went away."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
    for name in ("", "relative", str(tmp_path / "none")):
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        assert not notify("READY=1")


def test_how_often_it_wants_to_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of what it allows, and only if it means this process."""
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    for told, seconds in (("", 0.0), ("30000000", 15.0), ("x", 0.0), ("²", 0.0)):
        monkeypatch.setenv("WATCHDOG_USEC", told)
        assert watchdog_seconds() == seconds
    monkeypatch.setenv("WATCHDOG_USEC", "30000000")
    monkeypatch.setenv("WATCHDOG_PID", "1")
    assert watchdog_seconds() == 0.0
