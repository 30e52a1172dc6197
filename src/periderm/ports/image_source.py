"""Where images come from: an opened image with its configuration and its layers, each read in one streaming pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from periderm.model.image import ImageConfig, LayerEntry, Package


class Entry(Protocol):
    """One entry of a layer with its content, which can be read once, before the next entry is asked for."""

    @property
    def entry(self) -> LayerEntry: ...

    def peek(self, size: int) -> bytes:
        """The first bytes, which `read` and `chunks` give again; fewer if the content is shorter or cannot be read."""
        ...

    def read(self) -> bytes:
        """The whole content; the caller has looked at `entry.size`. Raises FormatError, LimitError."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces. Raises FormatError, LimitError."""
        ...


class BlobLayer(msgspec.Struct, frozen=True):
    """A layer as one file: a tar, plain or compressed. `diff_id` is the digest (`sha256:…`) that the inflated bytes
    must have, `blob_digest` the one of the bytes as they are ('' if nobody promises one). Nobody has verified them
    yet: whoever reads does. `chunks` reads the bytes from the start each time it is called."""

    diff_id: str
    blob_digest: str
    size: int
    chunks: Callable[[], Iterator[bytes]]


class TreeLayer(msgspec.Struct, frozen=True):
    """A layer that lies unpacked in a folder: its digest cannot be verified, only told. `entries` makes whiteouts from
    whatever the folder uses for them; `missed` tells, after reading, what could not be read. `identity` names this very
    content where the storage promises that it never changes ('' where nobody does): by it the layer's facts are kept."""

    diff_id: str
    entries: Callable[[], Iterable[Entry]]
    missed: Callable[[], Sequence[str]] = tuple
    identity: str = ""


Layer = BlobLayer | TreeLayer


Tell = Callable[[str, float | None], None]
Fetch = Callable[[Sequence[int], Tell], None]  # (numbers of layers, how to tell how far it is)


class OpenImage(msgspec.Struct, frozen=True):
    """An image that is open. `digest` is that of its configuration, computed and not believed (for a plain folder a
    digest of its path). `source` says how it was opened, `layers` go from the lowest up. `packages` are what is known
    besides the files (the running kernel of a host); `missed` tells what could not be had (and is a finding), `left_out`
    what is left out on purpose (and is only said). `manifests` are the digests of the manifest and of the indexes that led to
    it, computed: what a signature is about. Where `fetch` is set, a layer can be read only after it was called with the
    layer's number, outside any sandbox; it raises what the source raises."""

    reference: str
    source: str
    digest: str
    config: ImageConfig
    layers: tuple[Layer, ...]
    packages: tuple[Package, ...] = ()
    missed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    fetch: Fetch | None = None


class ImageSource(Protocol):
    """One kind of place that holds images."""

    def open(self, location: str, name: str) -> AbstractContextManager[OpenImage]:
        """Opens the image at a location (a path, or a name in the runtime's storage); `name` chooses one of several,
        '' the only one. Raises ImageSourceError, NotFoundError, FormatError."""
        ...
