"""`periderm import`: checked first, tried on request, told in a table; and the record of what was carried."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.clock_system import SystemClock
from periderm.adapters.documents_local import LocalDocuments
from periderm.app.export_results import export_results
from periderm.cli.main import run
from periderm.model.principal import LOCAL_ADMIN
from tests.app.test_export_results import filled
from tests.building import KEY, OTHER_PUBLIC, PUBLIC
from tests.story import FixedClock


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An export and two keys; an empty state."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    app = filled(tmp_path / "made", FixedClock(SystemClock().now()))
    (tmp_path / ("1" * 64 + ".intoto.jsonl")).write_bytes(b"{}\n")
    export_results(app, LOCAL_ADMIN, LocalDocuments(), (), KEY, out="x", source="dev", bundles=str(tmp_path))
    app.store.close()
    Path("good.pem").write_bytes(PUBLIC)
    Path("other.pem").write_bytes(OTHER_PUBLIC)


def test_tried_and_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same table; only the second stores. Attestations lie where `verify` looks, bills where they were wanted."""
    assert run(["import", "x", "--trust", "good.pem", "--dry-run"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert run(["import", "--list"]) in (0, 4)
    capsys.readouterr()
    assert run(["import", "x", "--trust", "good.pem", "--trust-exceptions", "good.pem", "--bills", "bills"]) == 0
    out = capsys.readouterr().out
    assert "From dev" in out
    assert "exception" in out
    assert "matched with this network's advisories" in out
    assert (tmp_path / "state/attestations" / ("1" * 64 + ".intoto.jsonl")).read_bytes() == b"{}\n"
    assert json.loads((tmp_path / "bills" / ("1" * 64 + ".cdx.json")).read_bytes())["bomFormat"] == "CycloneDX"
    assert run(["import", "--list", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["direction"], record["source"], record["images"]) == ("import", "dev", 2)
    assert run(["import", "--list"]) == 0
    assert "dev" in capsys.readouterr().out
    assert run(["exceptions", "--json"]) == 0
    assert "import:dev" in capsys.readouterr().out


def test_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown signer, nobody trusted, no file."""
    assert run(["import", "x", "--trust", "other.pem"]) == 5
    assert run(["import", "x"]) == 2
    assert run(["import"]) == 2
    assert run(["import", "nothing", "--trust", "good.pem"]) == 4
    assert "None of the trusted keys signed this" in capsys.readouterr().err


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every step."""
    assert run(["import", "x", "--trust", "good.pem", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["source"] == "dev"
    assert told["counts"] == {"added": 6, "refused": 1}
    assert {step["part"] for step in told["steps"]} == {"result", "bill", "verdicts", "exceptions", "attestations"}
