"""`periderm registry`: add, list, show, look, pause, webhooks, remove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.scanned import tell_registry, tell_scans
from tests.story import FixedClock, application

ADD = ["registry", "add", "shop", "r.test:5000", "--repository", "team/*"]
ADD += ["--tag", "v*", "--not-tag", "*-rc", "--versions", "5"]


def state(folder: Path) -> list[str]:
    """The option that names it."""
    return ["--state", str(folder)]


def test_a_registry_from_its_first_day_to_its_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is added is listed and shown, in both languages; paused it is not looked at; removed it is not there."""
    here = state(tmp_path)
    assert run([*ADD, "--every", "30m", "--owner", "web", "--credentials", "env:SHOP", *here]) == 0
    assert run(["registry", *here]) == 0
    listed = capsys.readouterr().out
    assert "not looked at yet" in listed
    assert run(["registry", "show", "shop", "--lang", "zh", *here]) == 0
    shown = capsys.readouterr().out
    for words in ("team/*", "v*, !*-rc, 5 versions", "1800 s", "env:SHOP", "负责人: web"):
        assert words in shown
    assert run(["registry", "scan", "shop", *here]) == 0
    assert run(["registry", "pause", "shop", *here]) == 0
    assert run(["registry", "scan", "shop", *here]) == 2
    assert run(["registry", "resume", "shop", *here]) == 0
    assert run(["registry", "list", "--json", *here]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("[") :])[0]["watch"]["every"] == 1800
    assert run(["registry", "remove", "shop", *here]) == 0
    assert run(["registry", "remove", "shop", *here]) == 4
    assert run(["registry", *here]) == 0
    assert "No registry is watched" in capsys.readouterr().err


def test_webhooks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A secret is made that only its owner reads; how each sender proves itself is told; the secret is not."""
    here = state(tmp_path)
    assert run([*ADD, *here]) == 0
    assert run(["registry", "hooks", "shop", *here]) == 0
    assert "No webhook" in capsys.readouterr().err
    for sender, words in (("github", "signs the body"), ("quay", "?token=SECRET"), ("harbor", "Authorization: Bearer")):
        assert run(["registry", "hooks", "shop", "add", sender, *here]) == 0
        told = capsys.readouterr().out
        path = tmp_path / "hooks" / f"shop.{sender}"
        assert words in told
        assert str(path) in told
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_text() not in told
    assert run(["registry", "hooks", "shop", "--json", *here]) == 0
    assert {hook["sender"] for hook in json.loads(capsys.readouterr().out)} == {"github", "quay", "harbor"}
    assert run(["registry", "hooks", "shop", "remove", "quay", *here]) == 0
    assert run(["registry", "hooks", "shop", "add", "nobody", *here]) == 2


def test_tags_are_shown_with_what_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Gone ones and unreadable ones say so."""
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    tell_registry(app.store, app.clock.now())
    app.store.close()
    assert run(["registry", "show", "shop", *state(tmp_path)]) == 0
    told = capsys.readouterr().out
    for words in ("shop/web-0:2.4", "gone", "cannot be read", "linux/amd64"):
        assert words in told
    assert run(["registry", "show", "shop", "--only", "gone", "--json", *state(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["tags"]["total"] == 1


@pytest.mark.parametrize(
    "wrong",
    [["add", "shop"], ["show"], ["list", "x"], ["hooks", "a", "add"], ["remove", "a", "b"], ["add", "shop", "http://x"]],
)
def test_what_is_not_understood(tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Is told with the next step."""
    assert run(["registry", *wrong, *state(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 2
