"""The advisory store: which published advisories speak of which packages. Answers in bulk; fetches nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from periderm.model.advisory import Advisory, AdvisoryHit, AdvisoryInfo, Exploitation, FeedInfo, PackageName
from periderm.model.advisory_build import BundleManifest, FeedDocument, Refused

# Those that tell of one id, the most trusted feed first, as one advisory.
Merge = Callable[[Sequence[Advisory]], Advisory]


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


class AdvisoryFeeds(Protocol):
    """Files of feeds as they lie on this machine: folders, archives, compressed or plain files."""

    def documents(self, feed: str) -> Iterator[FeedDocument | Refused]:
        """Each file of a feed, one at a time; what cannot be unpacked is given as Refused. Raises AdvisoryError if the
        feed itself cannot be opened or is damaged as a whole."""
        ...

    def digest(self, feed: str) -> str:
        """'sha256' in hex over the feed's own bytes (a folder: over its files' names and bytes, sorted)."""
        ...


class AdvisoryWriting(Protocol):
    """A store that is being written; nobody sees it before `finish` has returned."""

    def put(self, advisory: Advisory, rank: int) -> None:
        """One advisory; of those with the same id the one with the highest rank leads. A rank below 0 is of single facts,
        which do not make their ecosystem one that is covered."""
        ...

    def ecosystems(self) -> frozenset[str]:
        """Those of which anything was put so far, single facts left out."""
        ...

    def put_exploitation(self, exploitation: Exploitation) -> None:
        """Joined with what is already told of the CVE."""
        ...

    def finish(self, merge: Merge, feeds: Sequence[FeedInfo], built: int) -> WrittenStore:
        """Merges, writes, makes it durable and puts it in force. Raises AdvisoryError; then the old one stays."""
        ...


class WrittenStore(Protocol):
    """What a finished store holds."""

    @property
    def info(self) -> AdvisoryInfo: ...
    @property
    def advisories(self) -> int: ...
    @property
    def packages(self) -> int: ...
    @property
    def rows(self) -> int: ...
    @property
    def exploitations(self) -> int: ...
    @property
    def merged(self) -> int: ...
    @property
    def size(self) -> int: ...


class AdvisoryWriter(Protocol):
    """Makes stores."""

    def writing(self, path: str) -> AbstractContextManager[AdvisoryWriting]:
        """A new store for that path. Leaving the block without `finish` removes what was written."""
        ...


class AdvisoryBundles(Protocol):
    """Carries a finished store in one file, with its signed manifest in front."""

    def pack(self, store: str, target: str, sign: Callable[[str, int], bytes]) -> None:
        """Writes the bundle. `sign` makes the signed manifest from the sha256 (hex) and size of the store's bytes. Raises
        AdvisoryError."""
        ...

    def unpack(
        self,
        bundle: str,
        target: str,
        check: Callable[[bytes], BundleManifest],
        accept: Callable[[str, BundleManifest], None] = lambda _path, _manifest: None,
    ) -> BundleManifest:
        """Puts the bundle's store in force at the target, if `check` takes the signed manifest, the bytes are those that it
        names, and `accept` takes the unpacked file; with an empty target it only looks. Raises AdvisoryError, and
        whatever `check` and `accept` raise; then the old store stays."""
        ...
