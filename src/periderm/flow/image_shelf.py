"""What scans found in this node's images, at hand on the node's own disk before a container of them starts: so a container is
judged by what its image promises from its first row on, also when the server is away.

Fetches and keeps; judges nothing. What is on the shelf can always be fetched again: damage is a miss.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.model.image import ImageInventory
from periderm.ports.scan_cache import ScanCache
from periderm.ports.uplink import Uplink

KIND = "inventory"
AT_ONCE = 8  # of those that are waited for
A_STEP = 2  # of the others
FIRST_NS, LONGEST_NS = 10**9, 300 * 10**9  # how long an image that was not scanned yet is left alone
MOST_IMAGES = 1_000

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(ImageInventory).decode


class ImageShelf:
    """`take` may be called by any thread, the rest by one. Without `kept` nothing is at hand and all is asked for."""

    def __init__(self, uplink: Uplink, kept: ScanCache | None = None) -> None:
        self._uplink = uplink
        self._kept = kept
        self._here: set[str] = set()
        self._since: dict[str, int] = {}  # images that were asked for in vain: when first, monotonic ns
        self._again: dict[str, int] = {}
        self._hurried: dict[str, None] = {}

    def hurry(self, wanted: Iterable[str]) -> bool:
        """Whether somebody waits for one that was not asked for since it was waited for: then the next step is due now."""
        return any(digest not in self._hurried for digest in wanted)

    def fetch(self, wanted: Iterable[str]) -> list[ImageInventory]:
        """Those that are waited for, as far as the server has them. Raises ConnectError, DeniedError."""
        found = []
        waited = sorted(wanted, key=lambda digest: (digest in self._hurried, digest))
        self._hurried = {digest: None for digest in self._hurried if digest in set(waited)}
        for digest in waited[:AT_ONCE]:
            # Those not asked for yet go first; then each in its turn, so that many that nobody scanned hide no other.
            self._hurried.pop(digest, None)
            self._hurried[digest] = None
            inventory = self._uplink.inventory(digest)
            if inventory is not None:
                self._keep(digest, inventory)
                found.append(inventory)
        return found

    def fill(self, images: Iterable[str], now: int) -> None:
        """A few of this node's images that are not at hand yet; those that nobody has scanned are asked for ever more rarely.
        `now`: monotonic ns. Raises ConnectError, DeniedError."""
        if self._kept is None:
            return
        here = dict.fromkeys(digest for digest in images if digest)
        self._here &= here.keys()
        self._since = {digest: time for digest, time in self._since.items() if digest in here}
        self._again = {digest: time for digest, time in self._again.items() if digest in here}
        due = [digest for digest in list(here)[:MOST_IMAGES] if digest not in self._here and self._again.get(digest, 0) <= now]
        for digest in due[:A_STEP]:
            since = self._since.setdefault(digest, now)
            self._again[digest] = now + min(LONGEST_NS, max(FIRST_NS, (now - since) // 4))
            inventory = self._uplink.inventory(digest)
            if inventory is not None:
                self._keep(digest, inventory)

    def take(self, digest: str) -> ImageInventory | None:
        """What is at hand; None if it must be fetched."""
        data = self._kept.get(KIND, digest) if self._kept is not None else None
        if data is None:
            return None
        try:
            found = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # another version wrote it
            return None
        return found if found.digest == digest else None

    def _keep(self, digest: str, inventory: ImageInventory) -> None:
        if self._kept is not None:
            self._kept.put(KIND, digest, _encode(inventory))
            self._here.add(digest)
