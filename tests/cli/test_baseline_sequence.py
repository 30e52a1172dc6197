"""`periderm baseline sequence`, from the command line to what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.algorithms.sequences.traces import attacked, ordinary, program
from tests.app.test_sequences import folder


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state of its own, English."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def test_train_and_score(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The model lies in the state unless told otherwise; scores are columns apart by tabs, the sum is beside them."""
    assert run(["baseline", "sequence", "train", folder(state / "training", ordinary(40))]) == 0
    assert "Learned 40 traces" in capsys.readouterr().out
    assert (state / "state" / "sequence.model").exists()
    mixed = folder(state / "mixed", [program(0, 900), attacked(0, 900)])
    assert run(["baseline", "sequence", "score", mixed, "--allowed", "0.05"]) == 0
    said = capsys.readouterr()
    rows = [line.split("\t") for line in said.out.splitlines()]
    assert [row[2] for row in rows] == [f"{mixed}/000.txt", f"{mixed}/001.txt"]
    assert float(rows[0][0]) < float(rows[1][0])
    assert len(rows[1]) == 4  # and why
    assert "2 traces, 1 unusual" in said.err
    assert "never recorded" in said.err
    assert run(["baseline", "sequence", "score", mixed, "--allowed", "0.05", "--unrecorded", "1"]) == 0
    assert "2 traces, 0 unusual" in capsys.readouterr().err  # a program that is wholly new is stranger than that


def test_json_and_a_model_elsewhere(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fields have the names of the struct; a file that is no trace is in it."""
    training = folder(state / "training", ordinary(20))
    (state / "training" / "note").write_text("mine")
    model = str(state / "deep" / "model")
    assert run(["baseline", "sequence", "train", training, "--output", model, "--json"]) == 0
    trained = json.loads(capsys.readouterr().out)
    assert (trained["traces"], len(trained["left_out"])) == (20, 1)
    assert run(["baseline", "sequence", "score", training, "--model", model, "--json"]) == 0
    scored = json.loads(capsys.readouterr().out)
    assert len(scored["traces"]) == 20
    assert set(scored["traces"][0]) == {"path", "score", "share", "unusual", "view", "calls"}


def test_what_is_wrong_is_one_sentence(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No model, no folder, a share that is none: a status of its own and no traceback."""
    where = folder(state / "some", ordinary(2))
    assert run(["baseline", "sequence", "score", where]) == 4
    assert run(["baseline", "sequence", "train", str(state / "gone")]) == 4
    assert run(["baseline", "sequence", "score", where, "--allowed", "2"]) == 2
    assert run(["baseline", "sequence", "score", where, "--unrecorded", "-1"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_chinese(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both languages."""
    assert run(["baseline", "sequence", "train", folder(state / "t", ordinary(12)), "--lang", "zh"]) == 0
    assert "已学习 12 条轨迹" in capsys.readouterr().out
