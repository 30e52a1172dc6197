"""What a reader of well-known files tells of one file: small facts that detectors judge later. Reads nothing itself.

A package format tells of packages (`package_format.py`); a note reader of anything else that lies in a small file: who
may log in, what is started by a clock, what a build file says. Its `read` is pure: the same bytes give the same notes,
so that they are kept by layer digest. A note never holds a secret or more of the file than its reader means to show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

MIB = 1 << 20
MOST_NOTES = 1_000  # of one reader in one file


class Note(msgspec.Struct, frozen=True, array_like=True):
    """One fact of a file. `what` is a short word that its detector knows; `line` counts from 1 (0: none); `evidence` is
    printable and holds no secret; `values` fill a detector's message."""

    what: str
    line: int = 0
    evidence: str = ""
    values: dict[str, str] = {}


class NoteReader(msgspec.Struct, frozen=True):
    """Which files are read, by the same words as `PackageFormat`: `paths` (whole, relative to the root), base `names`,
    what those begin with (`prefixes`), `folders` (whole; not below them), `suffixes`; then `accept(path)`, if given, must
    hold. `read(data, path)` raises FormatError for damage (told as 'not examined'). `most` is the largest file that is
    read (bytes). `source_only` readers are asked in source folders only, and not in images. `unless` and `executables`
    are as in `PackageFormat`; with `scripts` every executable file that begins with #! is read too, up to `most`."""

    id: str
    read: Callable[[bytes, str], Sequence[Note]]
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    accept: Callable[[str], bool] | None = None
    most: int = MIB
    source_only: bool = False
    unless: str = ""
    executables: bool = False
    prefixes: tuple[str, ...] = ()
    scripts: bool = False

    def wants(self, path: str) -> bool:
        """Whether a file at this path is read."""
        head, _, name = path.rpartition("/")
        chosen = path in self.paths or name in self.names or head in self.folders or name[name.rfind(".") :] in self.suffixes
        chosen = chosen or bool(self.prefixes and name.startswith(self.prefixes))
        return chosen and (self.accept is None or self.accept(path))


class NotedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A note of a file that the final file system shows. `layer` is the digest of the layer that brought it, `mode` its
    permission bits, `uid` its owner, `package` the name of the package that owns it ('': none)."""

    reader: str
    path: str
    layer: str
    note: Note
    mode: int = 0
    uid: int = 0
    package: str = ""
