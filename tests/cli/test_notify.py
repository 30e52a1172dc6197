"""`periderm notify`: add, list, show, test, pause, what was given up, retry, ticket, remove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from periderm.model.notice import Channel, Delivery, DeliveryState, Destination, DestinationState
from periderm.model.severity import Severity
from tests.story import INCIDENT_ID, FixedClock, application, tell
from tests.told import KEY, hostile_notice, place


def test_a_destination_from_its_first_day_to_its_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Added, tried, shown in both languages, paused, removed."""
    here = ["--state", str(tmp_path)]
    out = tmp_path / "told.jsonl"
    add = ["notify", "add", "file", "lines", str(out), "--on", "alert", "--on", "gap-new", "--severity", "high"]
    assert run([*add, "--owner", "team-*", "--option", "format=json", *here]) == 0
    assert run(["notify", "test", "file", *here]) == 0
    assert json.loads(out.read_text())["occasion"] == "test"
    assert run(["notify", "show", "file", "--lang", "zh", *here]) == 0
    shown = capsys.readouterr().out
    for words in ("渠道: lines", "通知内容: alert, gap-new", "最低严重程度: high"):
        assert words in shown
    assert run(["notify", "pause", "file", *here]) == 0
    assert run(["notify", *here]) == 0
    assert "paused" in capsys.readouterr().out
    assert run(["notify", "resume", "file", *here]) == 0
    assert run(["notify", "list", "--json", *here]) == 0
    listed = capsys.readouterr().out
    (found,) = json.loads(listed[listed.index("[") :])
    assert found["destination"]["chosen"]["owners"] == ["team-*"]
    assert found["destination"]["chosen"]["severity"] == Severity.HIGH
    assert run(["notify", "remove", "file", *here]) == 0
    assert run(["notify", "remove", "file", *here]) == 4
    assert run(["notify", *here]) == 0
    assert "Nobody is told anything" in capsys.readouterr().err


def test_a_webhook_is_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """An inner address must be allowed, a refusal is one sentence, and the secret is never told."""
    monkeypatch.setenv("HOOK_KEY", KEY)
    here = ["--state", str(tmp_path)]
    with place(lambda _: (200, b"")) as there:
        add = ["notify", "add", "hook", "webhook", there.url.replace("http:", "https:"), "--secret", "env:HOOK_KEY", *here]
        assert run(add) == 0
        assert run(["notify", "test", "hook", *here]) != 0
        assert "not an address that may be spoken to" in capsys.readouterr().err
        add[4] = there.url
        assert run([*add, "--network", "127.0.0.1"]) == 0
        assert run(["notify", "test", "hook", *here]) == 0
        there.script = lambda _: (404, b"no hook\x1b[31m here")
        assert run(["notify", "test", "hook", *here]) != 0
    printed = capsys.readouterr()
    assert "answered 404: no hook [31m here" in printed.err
    assert KEY not in printed.out + printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    "words",
    [
        ["add", "x"],
        ["add", "x", "pigeon"],
        ["add", "x", "slack", "https://hooks.test/secret"],
        ["add", "x", "lines", "/tmp/x", "--option", "format"],
        ["add", "x", "lines", "/tmp/x", "--title", "{{nobody}}"],
        ["show"],
        ["test", "a", "b"],
        ["ticket", "inc-1"],
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the status for usage and a next step."""
    assert run(["notify", *words, "--state", str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_what_was_given_up_is_listed_and_tried_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without driving the terminal, whatever an attacker wrote."""
    app = application(tmp_path, FixedClock())
    tell(app)
    app.store.put_destination(Destination(name="team", channel=Channel.SLACK, secret="env:X"))
    app.store.put_destination_state("team", DestinationState(failing=5, problem="away"))
    dead = Delivery(id="dlv-1", destination="team", notices=(hostile_notice(),), state=DeliveryState.DEAD, problem="no\x1b[31m")
    app.store.put_deliveries([dead])
    app.store.close()
    here = ["--state", str(tmp_path)]
    assert run(["notify", "dead", *here]) == 0
    printed = capsys.readouterr().out
    assert "given up" in printed
    assert "\x1b" not in printed
    assert run(["notify", "show", "team", *here]) == 0
    assert "away" in capsys.readouterr().out
    assert run(["notify", "retry", *here]) == 0
    assert "Tried again: 1." in capsys.readouterr().out
    assert run(["notify", "retry", "dlv-1", "--json", *here]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "waiting"
    assert run(["notify", "dead", *here]) == 0
    assert run(["notify", "log", "team", "--json", *here]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed[printed.index("{") :])["total"] == 1
    assert run(["notify", "ticket", INCIDENT_ID, "team", *here]) == 0
    assert run(["notify", "ticket", "inc-none", "team", *here]) == 4
