"""Reads the reports of code analysers that a person names (SARIF), behind the sandbox's walls where there is a sandbox."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from periderm.flow.progress import Progress
from periderm.model.analysis import Analysis
from periderm.model.errors import UsageError

if TYPE_CHECKING:
    from periderm.app.scan_image import ImageScanner
    from periderm.ports.documents import Documents
from periderm.app.walled import read_walled

MOST_FILES = 50


def read_analyses(
    scanner: ImageScanner, documents: Documents, paths: Sequence[str], root: str, progress: Progress
) -> tuple[Analysis, ...]:
    """What each file tells. `root` is the folder that was analysed. Raises NotFoundError, FormatError, UsageError."""
    if len(paths) > MOST_FILES:
        raise UsageError(f"{len(paths)} SARIF files were given; {MOST_FILES} is the most.", "Merge them, or scan in parts.")
    return tuple(_read(scanner, documents, path, os.path.abspath(root) if root else "", progress) for path in paths)


def _read(scanner: ImageScanner, documents: Documents, path: str, root: str, progress: Progress) -> Analysis:
    from periderm.formats.sarif_reading import MOST_BYTES, read

    data = documents.read(path, MOST_BYTES)
    return read_walled(scanner, path, lambda: read(data, root=root, where=path), Analysis, progress)
