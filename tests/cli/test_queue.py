"""`periderm queue`: list, show, try again, take out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from periderm.model.envelope import ScanRequest
from tests.story import FixedClock, application


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """A state with one image that is being scanned, one that is tried again, one given up."""
    app = application(tmp_path, FixedClock())
    now = app.clock.now()
    for n in range(3):
        app.store.put_scan_request(
            ScanRequest(image_digest=f"sha256:{n}", source="podman:x", reference=f"web:{n}", node_id="", requested=now + n)
        )
    app.store.take_scan("w", now + 10**12, now)
    app.store.renew_scan("sha256:0", "w", now + 10**12, doing="reading\x1b[2J", done=0.5)
    app.store.put_back_scan("sha256:1", not_before=1, problem="the registry is away")
    app.store.give_up_scan("sha256:2", "3 workers died", deaths=3)
    app.store.close()
    return ["--state", str(tmp_path)]


def test_each_state_is_told(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What a worker says cannot reach the terminal's controls."""
    assert run(["queue", *here]) == 0
    told = capsys.readouterr()
    for words in ("running", "reading\\x1b[2J 50%", "tried again", "the registry is away", "given up", "3 workers died"):
        assert words in told.out
    assert "Waiting: 0. Being scanned: 1. Tried again later: 1. Given up: 1." in told.err
    assert run(["queue", "--only", "given-up", "--json", *here]) == 0
    assert [job["reference"] for job in json.loads(capsys.readouterr().out)["jobs"]["items"]] == ["web:2"]
    assert run(["queue", "show", "sha256:2", "--lang", "zh", *here]) == 0
    assert "已放弃" in capsys.readouterr().out


def test_one_is_tried_again_and_one_taken_out(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is not there, or waits already, is told."""
    assert run(["queue", "retry", "sha256:2", *here]) == 0
    assert "web:2 waits again" in capsys.readouterr().out
    assert run(["queue", "retry", "sha256:2", *here]) == 2
    assert run(["queue", "cancel", "sha256:1", "--json", *here]) == 0
    assert run(["queue", "cancel", "sha256:1", *here]) == 4
    assert run(["queue", "retry", *here]) == 2
    assert run(["queue", "list", "sha256:0", *here]) == 2


def test_an_empty_queue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Says so."""
    application(tmp_path).store.close()
    assert run(["queue", "--state", str(tmp_path)]) == 0
    assert "Nothing waits" in capsys.readouterr().err
