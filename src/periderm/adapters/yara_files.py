"""Reads a folder of YARA rules, folders in it too. Does not compile them; links are not followed."""

from __future__ import annotations

import os
import stat

from periderm.model.errors import FormatError, LimitError, NotFoundError

MOST_FILES = 5_000
MOST_BYTES = 64 << 20
_ENDINGS = (".yar", ".yara")


def read_rules(folder: str, *, must: bool = False) -> tuple[tuple[str, str], ...]:
    """(path below the folder, text) of each rule file, by name. Without `must` a folder that is not there holds none. Raises
    NotFoundError, FormatError (a file that cannot be read), LimitError."""
    if not os.path.isdir(folder):
        if must:
            raise NotFoundError(f"There is no folder {folder}.", "Name the folder that holds the rules (*.yar, *.yara).")
        return ()
    found: list[tuple[str, str]] = []
    left = MOST_BYTES
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if not name.endswith(_ENDINGS):
                continue
            path = os.path.join(here, name)
            text = _read(path, left)
            left -= len(text)
            found.append((os.path.relpath(path, folder), text.decode("utf-8", "replace")))
            if len(found) > MOST_FILES:
                raise LimitError(f"{folder} holds more than {MOST_FILES} rule files.", "Name a folder with fewer.")
    if must and not found:
        raise NotFoundError(f"{folder} holds no rules.", "Rules lie in files *.yar or *.yara.")
    return tuple(sorted(found))


def _read(path: str, left: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return b""
            data = file.read(left + 1)
    except OSError as error:
        raise FormatError(f"it cannot be read ({error.strerror}).", where=path) from None
    if len(data) > left:
        raise LimitError(f"the rules are larger than {MOST_BYTES >> 20} MiB together.", "Name a folder with fewer.", where=path)
    return data
