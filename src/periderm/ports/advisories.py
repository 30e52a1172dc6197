"""The advisory store: which published advisories speak of which packages. Answers in bulk; fetches nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, PackageName


class AdvisorySource(Protocol):
    """A finished, unchanging set of advisories. Raises AdvisoryError if its file is damaged or of another version."""

    def info(self) -> AdvisoryInfo:
        """What is in it."""
        ...

    def affecting(self, names: Iterable[PackageName]) -> Mapping[PackageName, Sequence[AdvisoryHit]]:
        """Every row of each package; names without any are left out."""
        ...

    def advisories(self, ids: Iterable[str]) -> Mapping[str, Advisory]:
        """Whole advisories by their own ids or an alias; unknown ones are left out. `affected` may be empty."""
        ...

    def exploitations(self, cves: Iterable[str]) -> Mapping[str, Exploitation]:
        """EPSS and KEV of CVE ids."""
        ...

    def close(self) -> None: ...


class AdvisoryFetcher(Protocol):
    """Gets published feeds over HTTPS into a folder; each file whole and verified, or not there."""

    def fetch(self, feeds: Sequence[str], folder: str) -> Sequence[str]:
        """Paths of the files of the named feeds; a transfer that broke off is resumed. Raises AdvisoryError."""
        ...
