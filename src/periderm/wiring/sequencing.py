"""The sequence detector's parts. Adapters are named inside the function, so that a command loads only what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periderm.app.sequences import Sequences


def sequences() -> Sequences:
    """Training and scoring on this machine's files."""
    from periderm.adapters.documents_local import LocalDocuments
    from periderm.adapters.trace_folders_local import LocalTraceFolders
    from periderm.app.sequences import Sequences

    return Sequences(LocalTraceFolders(), LocalDocuments())
