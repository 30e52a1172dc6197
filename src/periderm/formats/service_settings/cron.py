"""crontab(5): the programs that the clock starts, from the tables of the system and of users. Reads literal paths only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from periderm.formats.service_settings.directives import LONGEST, MOST_LINES, Directive, notes, runs
from periderm.model.file_note import Note

PROGRAMS = ("cron", "crond")
_WHEN = re.compile(r"\s*(?:@[a-z]{4,9}|(?:[\d*/,a-zA-Z-]{1,60}\s+){4}[\d*/,a-zA-Z-]{1,60})\s+(.*)\Z")
_SYSTEM = ("etc/crontab", "etc/cron.d/")


def _lines(text: str, *, system: bool) -> Iterator[Directive]:
    for number, line in enumerate(text.split("\n")[:MOST_LINES], 1):
        found = _WHEN.match(line[:LONGEST])
        if found is None or line.lstrip().startswith("#"):
            continue
        command = found[1].partition(" ")[2] if system else found[1]
        for part in re.split(r"&&|\|\||;|\|", command)[:20]:
            yield number, "runs", part.split()[:20]


def read(data: bytes, path: str) -> list[Note]:
    """The facts of one table; those of the system have a user's name before the command."""
    return notes(_lines(data.decode("utf-8", "replace"), system=path.startswith(_SYSTEM)), {"runs": runs})
