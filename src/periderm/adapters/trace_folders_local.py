"""`ports.traces.TraceFolders` on this machine's file system. Reads none of the files."""

from __future__ import annotations

import os
from collections.abc import Sequence

from periderm.model.errors import NotFoundError, UsageError


class LocalTraceFolders:
    """Walks folders without following links."""

    def below(self, folder: str) -> Sequence[str]:
        """All regular files that are not hidden, sorted."""
        if not os.path.isdir(folder):
            if os.path.lexists(folder):
                raise UsageError(f"{folder} is not a folder.", "Name a folder with one trace a file.")
            raise NotFoundError(f"There is no folder {folder}.", "Check the path.")

        def refuse(error: OSError) -> None:
            raise UsageError(f"{error.filename} cannot be read: {error.strerror}.", "Check the rights to it.") from None

        found: list[str] = []
        for path, folders, files in os.walk(folder, onerror=refuse):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [os.path.join(path, name) for name in files if not name.startswith(".")]
        return sorted(path for path in found if os.path.isfile(path) and not os.path.islink(path))
