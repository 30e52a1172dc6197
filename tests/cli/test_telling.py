"""An incident as text: each chapter only when there is something to tell, and every response by name."""

from __future__ import annotations

import io
from typing import Any, get_args

import msgspec
import pytest

from periderm.app.incidents import IncidentStory
from periderm.cli.output import Output
from periderm.cli.telling import name_of, tell
from periderm.model.effect import (
    CaptureForensics,
    Effect,
    IsolateContainer,
    KillAtExec,
    KillContainer,
    KillProcess,
    KillTree,
    PauseContainer,
    QuarantineFile,
    ReconnectContainer,
    RestoreFile,
    ResumeContainer,
)
from periderm.model.text import Text
from tests.cli.conftest import HOSTILE, incident

NOW = 1_700_000_000 * 10**9
COMMON: dict[str, Any] = {
    "id": "eff-1",
    "node_id": "n",
    "asset_id": "a",
    "reason": Text("r", "r"),
    "blast_radius": Text("b", "b"),
    "decided_by": "user:ann",
    "decided_at": NOW,
}


def told(story: IncidentStory, language: str = "en") -> str:
    """The text that a pipe would get."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.language = language
    tell(story, out)
    assert isinstance(out.out, io.StringIO)
    return out.out.getvalue()


def test_without_a_response_that_is_said() -> None:
    """Alerting is the resting state: that nothing was stopped is no accident and not left out."""
    story = IncidentStory(incident=incident(NOW))
    assert "Nothing was stopped: the policy alerts only." in told(story)
    assert "未做阻断" in told(story, "zh")


def test_chapters_without_content_are_left_out() -> None:
    """No heading stands over nothing."""
    bare = msgspec.structs.replace(incident(NOW), chain=(), processes=(), findings=())
    text = told(IncidentStory(incident=bare))
    for chapter in ("How it went", "Processes", "What made it possible"):
        assert chapter not in text


def test_an_unknown_tactic_is_shown_as_it_is() -> None:
    """A record from a newer version is no reason to fail."""
    newer = incident(NOW)
    step = msgspec.structs.replace(newer.chain[0], tactic="TA9999", message=Text(HOSTILE, HOSTILE))
    text = told(IncidentStory(incident=msgspec.structs.replace(newer, chain=(step,))))
    assert "TA9999" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    "effect",
    [
        KillAtExec(**COMMON, process_key=1, pid=7, executable="/tmp/x"),
        KillProcess(**COMMON, process_key=1, pid=7, started=1, executable="/tmp/x"),
        PauseContainer(**COMMON, container_id="c" * 64, runtime="podman"),
        ResumeContainer(**COMMON, container_id="c" * 64, runtime="podman", undoes="eff-0"),
        KillTree(**COMMON, process_key=1, pid=7, started=1, executable="/tmp/x"),
        KillContainer(**COMMON, container_id="c" * 64, runtime="podman"),
        IsolateContainer(**COMMON, container_id="c" * 64, runtime="podman"),
        ReconnectContainer(**COMMON, container_id="c" * 64, runtime="podman", undoes="eff-0"),
        QuarantineFile(**COMMON, path="/tmp/x"),
        RestoreFile(**COMMON, path="/tmp/x", undoes="eff-0"),
        CaptureForensics(**COMMON, container_id="c" * 64),
    ],
    ids=lambda e: type(e).__name__,
)
def test_every_response_says_what_it_hits(effect: Effect) -> None:
    """By name and number, in both languages."""
    for language in ("en", "zh"):
        text = name_of(effect).pick(language)
        assert "/tmp/x" in text or "c" * 12 in text


def test_the_list_above_is_complete() -> None:
    """A new kind of effect must be added to it."""
    known = {KillAtExec, KillProcess, PauseContainer, ResumeContainer, KillTree, KillContainer, IsolateContainer}
    assert set(get_args(Effect)) == known | {ReconnectContainer, QuarantineFile, RestoreFile, CaptureForensics}
