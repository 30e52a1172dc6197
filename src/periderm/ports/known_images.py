"""Images that are known without a registry: by them a base image is recognised, and a better one is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.base_image import KnownImage


class KnownImages(Protocol):
    """What somebody knows of images. Answers what it can; what cannot be read is left out."""

    def images(self) -> Sequence[KnownImage]:
        """Those that cost little to ask for, at most some hundreds."""
        ...

    def scanned(self) -> Sequence[KnownImage]:
        """Further ones that were scanned, where asking costs more: only asked if a better base is looked for."""
        ...

    def weaknesses(self, digest: str) -> frozenset[str] | None:
        """What is wrong in an image, as `weakness` of `engines.vulnerability.base_move` names it; None if nobody has
        scanned it."""
        ...
