"""`periderm export`: one signed file, and who has to be given which key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.app.test_export_results import filled


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A store of its own."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)
    app = filled(tmp_path / "made")
    app.store.close()
    (tmp_path / "state").mkdir()
    next((tmp_path / "made").rglob("*.sqlite")).rename(tmp_path / "state" / "periderm.sqlite")


def test_a_file_and_its_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All images, or those that are named; as JSON too."""
    assert run(["export", "--out", "x.export", "--as", "dev"]) == 0
    out, err = capsys.readouterr()
    assert "2 images, 1 verdicts, 1 exceptions" in out
    assert "signing.pub.pem" in err
    assert run(["export", "--out", "y", "--as", "dev", "--images", "sha256:" + "1" * 64, "--no-exceptions", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["transfer"]["images"], told["exceptions"]) == (1, 0)


def test_what_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Is told."""
    assert run(["export", "--out", "x", "--images", "nothing"]) == 4
    assert "There is no image" in capsys.readouterr().err
