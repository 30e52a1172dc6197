"""Notices as lines in a file."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pytest

from periderm.adapters.notifier_lines import Lines
from periderm.model.errors import NotifierError
from tests.story import incident
from tests.told import NOW, hostile_notice, message, notice


def test_lines_are_appended(tmp_path: Path) -> None:
    """Each is JSON, whatever is in it, and only their owner reads them."""
    path = tmp_path / "told.jsonl"
    lines = Lines(str(path))
    lines.deliver(message(notice(), hostile_notice()))
    lines.deliver(message())
    assert [json.loads(line)["subject"] for line in path.read_text().splitlines()] == ["inc-shop"] * 3
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    """Whatever rotates it tells nobody."""
    path = tmp_path / "told.jsonl"
    lines = Lines(str(path), form="ocsf")
    record = incident(NOW, NOW)
    lines.deliver(message(notice(subject_id=record.id), notice(subject_id="gone"), records=(record,)))
    path.rename(tmp_path / "old")
    lines.deliver(message())
    assert [json.loads(line)["class_uid"] for line in (tmp_path / "old").read_text().splitlines()] == [2005, 0]
    assert len(path.read_text().splitlines()) == 1


def test_a_spreadsheet_opens_it_without_running_anything(tmp_path: Path) -> None:
    """Its head is written once, to a new file."""
    path = tmp_path / "told.csv"
    for told in (notice(place="=1+1"), hostile_notice()):
        Lines(str(path), form="csv").deliver(message(told))
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))
    assert [row[0] for row in rows] == ["time", "2026-11-25T09:46:00Z", "2026-11-25T09:46:00Z"]
    assert rows[1][5] == "'=1+1"


def test_standard_output_takes_lines() -> None:
    """For whoever collects what a container prints."""
    out: list[str] = []
    Lines("-", write=out.append).deliver(message())
    assert json.loads(out[0])["occasion"] == "incident-new"


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "nowhere"])
def test_what_is_no_file_is_not_written(tmp_path: Path, kind: str) -> None:
    """No link is followed, and no reader is waited for."""
    path = tmp_path / "it"
    if kind == "link":
        path.symlink_to(tmp_path / "victim")
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path = tmp_path / "no" / "it"
    with pytest.raises(NotifierError):
        Lines(str(path)).deliver(message())
    assert not (tmp_path / "victim").exists()
