"""Which package formats and note readers want a file: by its path, name, folder, suffix, or first bytes. Reads nothing
itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from periderm.model.file_note import NoteReader
from periderm.model.image import WHITEOUT
from periderm.model.package_format import PackageFormat

MAGIC = 4
# ELF (System V gABI), PE's DOS stub, Mach-O of either order and width, and fat Mach-O (mach-o/loader.h, fat.h).
_PROGRAMS = frozenset(
    (b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
)
BEGINNINGS = frozenset((*(magic[:2] for magic in _PROGRAMS), b"MZ"))  # for a first look, cheaper than a call
Asking = PackageFormat | NoteReader  # whoever asks for files by their names
_NONE: tuple[Asking, ...] = ()


def is_program(head: bytes) -> bool:
    """Whether a file that begins so is an executable of some system. A Java class shares fat Mach-O's first bytes: the
    format that reads it tells them apart."""
    return head in _PROGRAMS or head[:2] == b"MZ"


class Wanted:
    """All formats, ready to be asked tens of thousands of times."""

    def __init__(self, formats: Sequence[Asking]) -> None:
        self._paths = _by(formats, "paths")
        self._names = _by(formats, "names")
        self._folders = _by(formats, "folders")
        self._suffixes = _by(formats, "suffixes")
        self._beginning = tuple(f for f in formats if isinstance(f, NoteReader) and f.prefixes)
        self._prefixes = tuple(dict.fromkeys(p for f in self._beginning for p in f.prefixes))
        self.programs = tuple(f for f in formats if f.executables)
        self.scripts = tuple(f for f in formats if isinstance(f, NoteReader) and f.scripts)

    def by_path(self, path: str) -> tuple[Asking, ...]:
        """The formats that want the file at a path."""
        head, _, name = path.rpartition("/")
        ending = name[name.rfind(".") :]
        begins = bool(self._prefixes) and name.startswith(self._prefixes)
        if not (begins or name in self._names or ending in self._suffixes or head in self._folders or path in self._paths):
            return _NONE
        if name.startswith(WHITEOUT):
            return _NONE
        found = self._names.get(name, _NONE) + self._suffixes.get(ending, _NONE)
        found += self._folders.get(head, _NONE) + self._paths.get(path, _NONE)
        if begins:
            found += tuple(f for f in self._beginning if name.startswith(f.prefixes))
        return tuple(f for f in dict.fromkeys(found) if f.accept is None or f.accept(path))

    def by_content(self, head: bytes, path: str) -> tuple[Asking, ...]:
        """The formats that want a file which begins so."""
        if not is_program(head):
            return _NONE
        return tuple(f for f in self.programs if f.accept is None or f.accept(path))

    def by_script(self, path: str, size: int, already: tuple[Asking, ...]) -> tuple[Asking, ...]:
        """Those that want an executable file of this size that begins with #!, and do not want it anyway."""
        return tuple(f for f in self.scripts if size <= f.most and f not in already and (f.accept is None or f.accept(path)))


def _by(formats: Iterable[Asking], field: str) -> dict[str, tuple[Asking, ...]]:
    found: dict[str, tuple[Asking, ...]] = {}
    for one in formats:
        for key in getattr(one, field):
            found[key] = (*found.get(key, ()), one)
    return found
