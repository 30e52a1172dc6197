"""`periderm rules` from the command line: what it prints, in both languages and as JSON, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.sensor_replay import FileRecorder
from periderm.engines.runtime.scene import batch_of, runs
from tests.algorithms.test_signing import KEY, PUBLIC
from tests.cli.conftest import Periderm
from tests.flow.test_rule_packs import pack


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one pack."""
    path = tmp_path / "packs"
    path.mkdir()
    (path / "a.yaml").write_text(pack())
    monkeypatch.setenv("PERIDERM_RULES", str(path))
    return path


def test_list(periderm: Periderm, folder: Path) -> None:
    """Detectors and rules with their source, packs with what is wrong in them."""
    status, out, _ = periderm("rules")
    assert status == 0
    assert "RUN-002" in out
    assert "shop-nc" in out
    assert "a.yaml" in out
    (folder / "b.yaml").write_text("kind: runtime\nrulez: []\n")
    status, out, err = periderm("rules", "list", "--lang", "zh")
    assert status == 1
    assert "b.yaml:2:1" in err
    assert "内置" in out
    told = json.loads(periderm("rules", "list", "--json")[1])
    assert told["rules"][-1]["id"] == "shop-nc"
    assert periderm("rules", "list", "x")[0] == 2


def test_lint_and_test(periderm: Periderm, folder: Path) -> None:
    """All packs of the folder, or those that are named; line and column; the status says whether one fails."""
    assert periderm("rules", "lint")[0] == 0
    assert "2 tests, 0 failed" in periderm("rules", "test")[1]
    (folder / "a.yaml").write_text(pack().replace("/bin/ls", "/opt/nc"))
    status, out, _ = periderm("rules", "lint", str(folder / "a.yaml"))
    assert status == 1
    assert "a.yaml:10:1: error: shop-nc: test 2: it fires, and should not." in out
    assert periderm("rules", "test")[0] == 1
    assert json.loads(periderm("rules", "lint", "--json")[1])[0]["remarks"]
    assert json.loads(periderm("rules", "test", "--json")[1])[0]["failures"]
    (folder / "a.yaml").unlink()
    assert periderm("rules", "lint")[0] == 4


def test_try(periderm: Periderm, folder: Path, tmp_path: Path) -> None:
    """On a recording and on history; hostile names are harmless."""
    recorder = FileRecorder(tmp_path / "x.rec")
    recorder.write(batch_of((runs(2, 1, "/bin/nc", "nc", "\x1b[31m"),)))
    recorder.close()
    status, out, _ = periderm("rules", "try", str(folder / "a.yaml"), "--recording", str(tmp_path / "x.rec"))
    assert status == 0
    assert "shop 1" in out
    assert "\x1b" not in out
    told = json.loads(periderm("rules", "try", str(folder / "a.yaml"), "--recording", str(tmp_path / "x.rec"), "--json")[1])
    assert told["rules"][0]["events"] == 1
    assert "no events" in periderm("rules", "try", str(folder / "a.yaml"), "--since", "1h")[1]
    assert periderm("rules", "try")[0] == 2
    assert periderm("rules", "try", str(folder / "a.yaml"), "--since", "soon")[0] == 2


def test_sign_and_verify(periderm: Periderm, folder: Path, tmp_path: Path) -> None:
    """With a key each."""
    (tmp_path / "key.pem").write_bytes(KEY)
    (tmp_path / "pub.pem").write_bytes(PUBLIC)
    name = str(folder / "a.yaml")
    assert periderm("rules", "sign", name, "--key", str(tmp_path / "key.pem"))[0] == 0
    assert "1 rules" in periderm("rules", "verify", f"{name}.dsse", "--key", str(tmp_path / "pub.pem"))[1]
    assert periderm("rules", "sign", name)[0] == 2
    assert periderm("rules", "verify", name)[0] == 2
    assert (
        json.loads(periderm("rules", "sign", name, "--key", str(tmp_path / "key.pem"), "--json")[1])["signed"] == f"{name}.dsse"
    )


def test_example(periderm: Periderm, tmp_path: Path) -> None:
    """Printed, or written; it lints."""
    assert periderm("rules", "example")[1].startswith("# A pack")
    assert periderm("rules", "example", "--output", str(tmp_path / "e.yaml"))[0] == 0
    assert periderm("rules", "lint", str(tmp_path / "e.yaml"))[0] == 0


def test_import(periderm: Periderm, tmp_path: Path) -> None:
    """The pack on standard output or in a file; what is left out beside it."""
    source, output = tmp_path / "f.yaml", tmp_path / "p.yaml"
    source.write_text("- rule: A\n  condition: evt.type = execve and proc.name = nc\n- rule: B\n  condition: proc.cwd = /\n")
    status, out, err = periderm("rules", "import-falco", str(source))
    assert status == 0
    assert "falco-a" in out
    assert "B: the field proc.cwd" in err
    assert "1 of 2 rules translated" in err
    assert periderm("rules", "import-falco", str(source), "--output", str(output))[0] == 0
    assert "0 failed" in periderm("rules", "test", str(output))[1]
    assert json.loads(periderm("rules", "import-falco", str(source), "--json")[1])["rules"][1]["reasons"]
    assert periderm("rules", "import-falco")[0] == 2
