"""`periderm images`: the list, one with what runs of it, and findings of what runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.scanned import digest, tell_registry, tell_scans
from tests.story import FixedClock, application


@pytest.fixture
def here(tmp_path: Path) -> list[str]:
    """Scanned images, two containers of the first, and a watched registry that has it."""
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    tell_registry(app.store, app.clock.now())
    app.store.close()
    return ["--state", str(tmp_path)]


def test_the_list(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """All, or only what runs, is failed, or is named so."""
    assert run(["images", *here]) == 0
    assert "web-1" in capsys.readouterr().out
    assert run(["images", "--running", "--json", *here]) == 0
    assert [image["digest"] for image in json.loads(capsys.readouterr().out)["items"]] == [digest(0)]
    assert run(["images", "--only", "failed", "--json", *here]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1
    assert run(["images", "--text", "nowhere", *here]) == 0
    assert "No image" in capsys.readouterr().err
    assert run(["images", "--running", "--only", "failed", *here]) == 2


def test_one_with_what_runs_of_it(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Workloads with owner, containers, nodes; where it lies; of another that nothing runs of it."""
    assert run(["images", digest(0), *here]) == 0
    told = capsys.readouterr().out
    there = "registry.test/shop/web-0:2.4 (there)"
    for words in ("Running containers: 2, on nodes: 1", "team-shop", "nod-shop", there, "(gone)"):
        assert words in told
    assert run(["images", "show", digest(1), "--lang", "zh", *here]) == 0
    assert "没有节点报告" in capsys.readouterr().out
    assert run(["images", "show", digest(0), "--json", *here]) == 0
    assert json.loads(capsys.readouterr().out)["runs"]["containers"] == 2
    assert run(["images", "show", "sha256:none", *here]) == 4


def test_findings_of_what_runs(here: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The list, and one with the workloads that it touches."""
    assert run(["findings", "--running", "--json", *here]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["total"] > 0
    assert run(["findings", page["items"][0]["id"], *here]) == 0
    assert "Running containers: 2" in capsys.readouterr().out
