"""Pages that a web server has answered by programs: the scripts of an image below the folders that it serves, each started by
the server with the interpreter that its settings name. They need no right to be executed, so nothing else finds them.
"""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Mapping, Sequence

from periderm.flow.start_commands import Walk, Why
from periderm.flow.start_places import Places
from periderm.model.baseline import Source
from periderm.model.file_note import Note

_MOST_PAGES = 200  # of one ending in one folder
_MOST_FOLDERS = 40  # of one server
_MAIN = {"lighttpd": "lighttpd.conf"}  # of services that read only what this file includes
_MOST_ROUNDS = 5  # files that are included by included files
_SURE = 85


class Pages:
    """Takes what settings say of pages; follows them when all settings were read."""

    def __init__(self, places: Places, walk: Walk) -> None:
        self._places = places
        self._walk = walk
        self._served: dict[str, dict[str, None]] = {}
        self._answered: dict[str, dict[tuple[str, str], str]] = {}

    def noted(self, program: str, note: Note, because: str) -> bool:
        """Takes a note of a server's settings; True if nobody else need look at it."""
        value = note.values.get("value", "")
        if note.what == "read" and value.endswith("/**"):
            self._served.setdefault(program, {})[value[:-3]] = None
            return False
        if note.what == "cgi":
            ending, _, interpreter = value.partition(" ")
            self._answered.setdefault(program, {}).setdefault((ending, interpreter), because)
        elif note.what == "scripts":  # a folder of programs, whatever they are called
            self._walk_below(program, value, "", "", because)
        elif note.what == "shell":
            self._walk.command(("/bin/sh", "-c", value), program, Why(Source.CONFIGURATION, because, _SURE))
        elif note.what != "include":
            return False
        return True

    def follow(self) -> None:
        """The command of each page."""
        for program, answered in self._answered.items():
            for (ending, interpreter), because in answered.items():
                for folder in list(self._served.get(program, ()))[:_MOST_FOLDERS]:
                    self._walk_below(program, folder, ending, interpreter, because)

    def _walk_below(self, program: str, folder: str, ending: str, interpreter: str, because: str) -> None:
        pages = self._places.below(folder, ending, _MOST_PAGES + 1)
        self._walk.complete = self._walk.complete and len(pages) <= _MOST_PAGES
        for page in pages[:_MOST_PAGES]:
            words = (interpreter, f"/{page}") if interpreter else (f"/{page}",)
            if interpreter or self._places.executes(page):
                self._walk.command(words, program, Why(Source.CONFIGURATION, because, _SURE))


def included(seen: Mapping[tuple[str, str], Sequence[Note]]) -> dict[str, set[str]]:
    """{service: its main files and what they include, directly or not}, for services that read nothing else."""
    found: dict[str, set[str]] = {}
    for reader, main in _MAIN.items():
        files = {path: notes for (path, each), notes in seen.items() if each == reader}
        counted = {path for path in files if posixpath.basename(path) == main}
        for _ in range(_MOST_ROUNDS):
            wanted = {
                posixpath.join("/", posixpath.dirname(path), note.values["value"]).lstrip("/")
                for path in counted
                for note in files[path]
                if note.what == "include"
            }
            more = {path for path in files if path not in counted and any(fnmatch.fnmatchcase(path, each) for each in wanted)}
            # A link in `conf-enabled` leads to a file in `conf-available`.
            more |= {
                path
                for path in files
                if path not in counted
                and "/conf-available/" in path
                and any(fnmatch.fnmatchcase(path.replace("/conf-available/", "/conf-enabled/"), each) for each in wanted)
            }
            if not more:
                break
            counted |= more
        found[reader] = counted
    return found
