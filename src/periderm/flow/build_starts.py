"""The images that build files begin with, noted in a scan of source code. Whether they may be built on is judged elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from periderm.engines.config.kinds import kind_of
from periderm.model.build_file import FileKind
from periderm.model.file_note import MOST_NOTES, Note, NotedFile, NoteReader
from periderm.model.image import BuildStart

READER = "TRU-starts/1"
_SCRATCH = "scratch"  # no image, but the empty beginning


def read_starts(data: bytes, path: str) -> Sequence[Note]:
    """One note for each FROM that names an image from outside. Raises FormatError."""
    from periderm.formats.containerfile.reading import read

    stages = read(data, where=path).stages
    outside = [stage for stage in stages if stage.parent < 0 and stage.base.lower() != _SCRATCH]
    return [Note("start" if stage.known else "open", stage.line, stage.base[:500]) for stage in outside[:MOST_NOTES]]


def starts_of(noted: Iterable[NotedFile]) -> tuple[BuildStart, ...]:
    """What the notes tell, in the order of files and lines."""
    found = (
        BuildStart(one.path, one.note.line, one.note.evidence, one.note.what == "start")
        for one in noted
        if one.reader == READER
    )
    return tuple(sorted(found))


READERS = (
    NoteReader(
        id=READER,
        read=read_starts,
        names=("Dockerfile", "Containerfile", "dockerfile", "containerfile"),
        suffixes=(".Dockerfile", ".dockerfile", ".Containerfile", ".containerfile"),
        prefixes=("Dockerfile", "Containerfile", "dockerfile", "containerfile"),
        accept=lambda path: kind_of(path) is FileKind.CONTAINER,
        source_only=True,
    ),
)
