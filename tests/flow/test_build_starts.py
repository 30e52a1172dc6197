"""What build files begin with."""

from __future__ import annotations

import pytest

from periderm.flow.build_starts import READER, READERS, read_starts, starts_of
from periderm.model.errors import FormatError
from periderm.model.file_note import Note, NotedFile
from periderm.model.image import BuildStart

FILE = b"""ARG BASE=debian:12
ARG OPEN
FROM ${BASE} AS build
FROM build AS more
FROM scratch
FROM $OPEN
FROM registry.example.org/x@sha256:aa
"""


def test_images_from_outside() -> None:
    """With variables put in; not stages, not scratch; one that is open is told as such."""
    told = [(note.what, note.line, note.evidence) for note in read_starts(FILE, "Dockerfile")]
    assert told[0] == ("start", 3, "debian:12")
    assert told[1][:2] == ("open", 6)
    assert told[2] == ("start", 7, "registry.example.org/x@sha256:aa")
    assert len(told) == 3


def test_notes_become_values() -> None:
    """Only those of this reader, in order."""
    noted = [
        NotedFile(reader=READER, path="b/Dockerfile", layer="", note=Note("open", 6, "$OPEN")),
        NotedFile(reader="other", path="a", layer="", note=Note("start", 1, "x")),
        NotedFile(reader=READER, path="a/Dockerfile", layer="", note=Note("start", 2, "debian:12")),
    ]
    assert starts_of(noted) == (BuildStart("a/Dockerfile", 2, "debian:12"), BuildStart("b/Dockerfile", 6, "$OPEN", False))


def test_which_files() -> None:
    """Container files under their names, in source folders only."""
    (reader,) = READERS
    assert reader.source_only
    assert all(reader.wants(path) for path in ("Dockerfile", "x/Containerfile", "x/web.Dockerfile", "Dockerfile.prod"))
    assert not any(reader.wants(path) for path in ("x.yml", "Dockerfiles/readme.md"))


def test_damage() -> None:
    """Told as every format tells it."""
    with pytest.raises(FormatError):
        read_starts(b"RUN x", "Dockerfile")
