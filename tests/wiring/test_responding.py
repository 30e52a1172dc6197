"""What carries out responses, as it is put together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.engines.runtime.scene import HOST
from periderm.flow.standing import Standing
from periderm.model.effect import CaptureForensics, EffectState, KillProcess, PauseContainer, QuarantineFile
from periderm.model.event import Event, EventKind
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring import responding

WHY = Text("test", "测试")
COMMON = {"node_id": "n", "asset_id": "a", "reason": WHY, "blast_radius": WHY, "decided_by": "user:test", "decided_at": 1}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    return Settings(state=str(tmp_path), cache=str(tmp_path / "cache"))


class Past:
    """A history that has one event with a name that is no UTF-8."""

    def query(self, query: object) -> Iterator[Event]:
        yield Event(kind=EventKind.EXEC, subject=HOST, time=5, text="/tmp/\udcff", argv=("\udcfe",))


def test_a_capture_takes_events_as_lines() -> None:
    """Any name can be written."""
    effect = CaptureForensics(id="e", **COMMON)
    events = responding.capture_events(Past(), SystemClock())
    (line,) = events(effect).splitlines()
    found = msgspec.json.decode(line)
    assert (found["kind"], found["subject"]) == ("exec", HOST.id)


def test_exempt_names_come_from_the_settings(tmp_path: Path) -> None:
    """Globs by commas."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path), exempt="db-*, ,kube-system*")
    assert responding.exempt_names(settings) == ("db-*", "kube-system*")


def test_the_agents_helper_spares_the_agent(settings: Settings) -> None:
    """It is told whose pid that is, and is itself never hit."""
    acting = responding.responder(settings, "n")
    try:
        (helper,) = acting.helpers
        interpreter, standing = responding.carrying_out(settings, acting, SystemClock(), Past(), lambda _: None)
        for pid in (helper, os.getpid()):
            effect = KillProcess(id="e", process_key=1, pid=pid, started=1, **COMMON)
            assert interpreter.carry_out(effect).state is EffectState.REFUSED
        assert standing.held() == ()
    finally:
        acting.close()


def test_what_was_left_is_released_but_for_files(settings: Settings) -> None:
    """A container that is gone counts as thawed."""
    pause = PauseContainer(id="eff-1", container_id="f" * 64, runtime="podman", **COMMON)
    taken = QuarantineFile(id="eff-2", path="/tmp/x", **COMMON)
    responding.standing_file(settings).save([Standing(effect=pause), Standing(effect=taken)])
    left = responding.response_leftovers(settings)
    assert [orphan.name for orphan in left.find()] == ["eff-1"]
    assert left.remove() == ("response eff-1",)
    assert [each.effect.id for each in responding.standing_file(settings).load()] == ["eff-2"]


def test_when_a_process_started() -> None:
    """0 for one that does not run."""
    assert responding.started(os.getpid()) > 0
    assert responding.started(2**22 + 1) == 0
