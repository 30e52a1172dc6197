"""Notes of well-known files."""

from __future__ import annotations

import msgspec
import pytest

from periderm.model.file_note import Note, NoteReader

READER = NoteReader(
    "cron",
    lambda _data, _path: (),
    paths=("etc/crontab",),
    names=("Dockerfile",),
    folders=("etc/cron.d",),
    suffixes=(".cron",),
    accept=lambda path: "skip" not in path,
)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("etc/crontab", True),
        ("srv/etc/crontab", False),
        ("srv/app/Dockerfile", True),
        ("etc/cron.d/backup", True),
        ("etc/cron.d/below/backup", False),
        ("srv/x.cron", True),
        ("srv/cron", False),
        ("etc/cron.d/skip", False),
    ],
)
def test_a_reader_is_asked_for_the_files_that_it_names(path: str, wanted: bool) -> None:
    """By whole path, base name, folder or suffix, and only what it accepts."""
    assert READER.wants(path) is wanted


def test_a_note_is_kept_as_bytes() -> None:
    """Facts of a layer are kept with their notes."""
    note = Note("login", 3, "root", {"user": "root"})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(note), type=Note) == note
