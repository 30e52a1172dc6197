"""Training and scoring folders of traces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from periderm.adapters.documents_local import LocalDocuments
from periderm.adapters.trace_folders_local import LocalTraceFolders
from periderm.algorithms.sequences.grams import Calls
from periderm.app import sequences as app
from periderm.app.sequences import Sequences
from periderm.model.errors import FormatError, NotFoundError, UsageError
from tests.algorithms.sequences.traces import attacked, ordinary, program

SEQUENCES = Sequences(LocalTraceFolders(), LocalDocuments())


def quiet(text: str) -> None:
    """Nobody listens."""


def folder(path: Path, traces: list[Calls]) -> str:
    """The traces as files."""
    path.mkdir(exist_ok=True)
    for at, trace in enumerate(traces):
        (path / f"{at:03}.txt").write_text(" ".join(map(str, trace.tolist())) + "\n")
    return str(path)


def test_what_was_trained_finds_the_attacks(tmp_path: Path) -> None:
    """From files to files: attacks are unusual, most of what is ordinary is not, and each is told by its path."""
    model = str(tmp_path / "model")
    trained = SEQUENCES.train(folder(tmp_path / "training", ordinary(40)), model, quiet)
    assert (trained.traces, trained.left_out) == (40, ())
    assert trained.calls == sum(map(len, ordinary(40)))
    assert (tmp_path / "model").stat().st_size == trained.bytes
    mixed = [*(program(kind, 900) for kind in range(4)), *(attacked(kind, 900) for kind in range(4))]
    scored = SEQUENCES.score(folder(tmp_path / "mixed", mixed), model, 0.05, quiet)
    assert [trace.unusual for trace in scored.traces[4:]] == [True] * 4
    assert sum(trace.unusual for trace in scored.traces[:4]) <= 1
    assert scored.traces[0].path.endswith("/000.txt")
    assert all(trace.unusual == (trace.score > scored.limit) for trace in scored.traces)


def test_who_expects_new_programs_is_told_less(tmp_path: Path) -> None:
    """The limit rises with the share of ordinary traces of programs that training has not, and what they would be is said."""
    model = str(tmp_path / "model")
    SEQUENCES.train(folder(tmp_path / "training", ordinary(40)), model, quiet)
    asked = folder(tmp_path / "asked", [program(9, 900), attacked(0, 900)])
    none, half = (SEQUENCES.score(asked, model, 0.05, quiet, share) for share in (0.0, 0.5))
    assert half.limit > none.limit
    assert none.unrecorded_told > half.unrecorded_told
    assert [trace.unusual for trace in none.traces] == [True, True]
    assert all(milder.share > trace.share for trace, milder in zip(none.traces, half.traces, strict=True))


def test_a_note_among_the_traces_is_left_out_and_said(tmp_path: Path) -> None:
    """It neither stops the work nor becomes a trace; an empty trace is never unusual."""
    where = folder(tmp_path / "training", ordinary(12))
    (tmp_path / "training" / "README").write_text("traces of mine")
    trained = SEQUENCES.train(where, str(tmp_path / "model"), quiet)
    assert trained.traces == 12
    assert [text.count("README") for text in trained.left_out] == [1]
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "a").touch()
    scored = SEQUENCES.score(str(tmp_path / "empty"), str(tmp_path / "model"), 0.5, quiet)
    assert [(trace.unusual, trace.calls) for trace in scored.traces] == [(False, 0)]


def test_a_trace_that_is_too_large_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said with its name, so that nobody takes it for ordinary."""
    monkeypatch.setattr(app, "LARGEST_TRACE", 3000)
    where = folder(tmp_path / "training", [*ordinary(12), np.ones(4000, np.int64)])
    trained = SEQUENCES.train(where, str(tmp_path / "model"), quiet)
    assert trained.traces == 12
    assert "012.txt" in trained.left_out[0]


def test_too_few_and_too_many_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is written."""
    where = folder(tmp_path / "few", ordinary(9))
    with pytest.raises(UsageError, match="9 traces, and 10 are needed"):
        SEQUENCES.train(where, str(tmp_path / "model"), quiet)
    monkeypatch.setattr(app, "LARGEST_TRAINING", 500)
    with pytest.raises(UsageError, match="more than 500 calls"):
        SEQUENCES.train(where, str(tmp_path / "model"), quiet)
    monkeypatch.undo()
    monkeypatch.setattr(app, "MOST_TRACES", 8)
    with pytest.raises(UsageError, match="more than 8 traces"):
        SEQUENCES.train(where, str(tmp_path / "model"), quiet)
    assert not (tmp_path / "model").exists()


def test_a_model_that_is_none_is_said_with_its_path(tmp_path: Path) -> None:
    """Missing and damaged are two things."""
    where = folder(tmp_path / "some", ordinary(2))
    with pytest.raises(NotFoundError, match="no sequence model"):
        SEQUENCES.score(where, str(tmp_path / "gone"), 0.1, quiet)
    (tmp_path / "bad").write_bytes(b"x")
    with pytest.raises(FormatError, match="bad: "):
        SEQUENCES.score(where, str(tmp_path / "bad"), 0.1, quiet)
