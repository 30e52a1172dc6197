"""Which parts of what is protected an asset or image belongs to, for callers whose rights hold for a part only. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from periderm.model.principal import Reach


class ReachStore(Protocol):
    """`within` are parts, of which any counts; none of them covers nothing. Pages are restricted by `Query.within`. Raises
    StoreError."""

    def assets_covered(self, within: tuple[Reach, ...], asset_ids: Iterable[str]) -> frozenset[str]:
        """Those of these assets that are in a part: by their own application, environment and labels; a workload by its
        containers; an image by those that run from it."""
        ...

    def subjects_covered(self, within: tuple[Reach, ...], limit: int) -> tuple[Collection[str], bool]:
        """Ids of containers, workloads and other assets in a part, at most `limit`; and whether there are more."""
        ...

    def digests_covered(self, within: tuple[Reach, ...], digests: Iterable[str]) -> frozenset[str]:
        """Those of these digests that name an image in a part."""
        ...

    def nodes_covered(self, within: tuple[Reach, ...]) -> frozenset[str]:
        """Ids of nodes on which a container in a part is."""
        ...
