"""Scans folders in this process, for tests of what is found in them."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.image_folder import ImageFolder, Tree, folder_layer
from periderm.adapters.image_source_code import SKIPPED, SourceCode
from periderm.flow.scan import Examined, examine
from periderm.model.report import ALL_SCANNERS, Scanner


def examined(path: Path, kind: str, scanners: frozenset[Scanner] = ALL_SCANNERS) -> Examined:
    """What a scan of a folder finds: `kind` is 'source', 'pipeline' or 'folder'."""
    if kind == "folder":
        with ImageFolder().open(str(path), "") as image:
            return examine(image, scanners=scanners)
    source = SourceCode(lambda folder, names: folder_layer(Tree(folder, skip_names=names), ""), str(path.parent), kind, SKIPPED)
    with source.open(str(path), "") as image:
        return examine(image, scanners=scanners)
