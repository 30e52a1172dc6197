"""`periderm exceptions`: list, try, add, remove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from periderm.cli.times import now
from tests.scanned import tell_scans
from tests.story import FixedClock, application, tell

ADD = ["--finding", "CVE-2099-1001", "--reason", "Behind a proxy", "--owner", "ada", "--until"]


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state with three scanned images and one exception."""
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    app.store.close()
    return str(Path(app.settings.state))


def later() -> str:
    """A day next month."""
    import datetime

    return (datetime.datetime.fromtimestamp(now() // 10**9, tz=datetime.UTC) + datetime.timedelta(days=30)).date().isoformat()


def test_tried_added_listed_removed(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """First what it would hide, and nothing is stored; then it holds; then it is gone."""
    assert run(["exceptions", "preview", *ADD, later(), "--state", folder]) == 0
    assert "3 findings in 3 images" in capsys.readouterr().out
    assert run(["exceptions", "--state", folder, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 1
    assert run(["exceptions", "add", *ADD, later(), "--state", folder, "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    assert added["created_by"]
    assert run(["exceptions", "list", "--state", folder]) == 0
    listed = capsys.readouterr().out
    assert added["id"] in listed
    assert "Behind a proxy" in listed
    assert run(["exceptions", "remove", added["id"], "--state", folder]) == 0
    assert run(["exceptions", "remove", added["id"], "--state", folder]) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["add", "--finding", "CVE-1", "--reason", "x", "--owner", "y"],
        ["add", "--finding", "CVE-1", "--reason", "x", "--owner", "y", "--until", "soon"],
        ["add", "--finding", "CVE-1", "--reason", "x", "--owner", "y", "--until", "2001-01-01"],
        ["add", "--reason", "x", "--owner", "y", "--until", "2027-01-01"],
        ["preview", "--finding", "CVE-1", "--owner", "y", "--until", "2027-01-01"],
        ["remove"],
        ["list", "exc-1"],
    ],
)
def test_what_nobody_means_is_refused(folder: str, words: list[str]) -> None:
    """No end, no scope, no reason, no id: a usage error, and nothing is stored."""
    assert run(["exceptions", *words, "--state", folder]) == 2


def test_a_preview_tells_of_alerts_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What an exception for a detector would have taken out of incidents."""
    app = application(tmp_path, FixedClock(now()))
    tell(app)
    app.store.close()
    named = ["--finding", "RUN-*", "--reason", "ours", "--owner", "ada", "--until", later()]
    assert run(["exceptions", "preview", *named, "--state", str(Path(app.settings.state))]) == 0
    assert "taken 4 alerts of the last 30 days out of incidents" in capsys.readouterr().out
