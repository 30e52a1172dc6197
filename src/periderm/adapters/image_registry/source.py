"""`ports.image_source.ImageSource` for registries: `location` is a reference, `name` a platform ('' this machine's).

What is opened has the image's documents; its layers are there after `fetch`, which runs where there is a network. Judges
nothing: whoever reads the layers verifies them.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from periderm.adapters.image_registry import choosing
from periderm.adapters.image_registry.blob_cache import BlobCache
from periderm.formats import image_reference, oci, registry_answers
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError, UsageError
from periderm.model.registry import Descriptor, ImageReference, Platform, RawManifest
from periderm.ports.image_source import BlobLayer, OpenImage, Tell, TreeLayer
from periderm.ports.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

DEEPEST = 4  # indexes inside indexes
AT_ONCE = 3  # downloads
_CHUNK = 1 << 20
_STEP = 4 << 20


class _Found(NamedTuple):
    """The image that a reference leads to."""

    manifest: RawManifest
    above: tuple[str, ...]
    said: tuple[str, ...]


class RegistryImages:
    """`make` builds the client when something is opened."""

    def __init__(self, make: Callable[[], Registry], cache: BlobCache) -> None:
        self._make = make
        self._cache = cache

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the image. Raises UsageError for what is no reference, and what the port raises."""
        try:
            reference = image_reference.parse(location)
            wanted = image_reference.parse_platform(name) if name else choosing.this_machine(os.uname().machine)
        except FormatError as error:
            raise UsageError(error.what, error.next_step) from None
        registry = self._make()
        found = _resolved(registry, reference, wanted, named=bool(name))
        with contextlib.ExitStack() as held:
            yield self._image(registry, reference, found, wanted if name else None, held)

    def _image(
        self, registry: Registry, reference: ImageReference, found: _Found, wanted: Platform | None, held: contextlib.ExitStack
    ) -> OpenImage:
        where = str(reference)
        manifest = parsed(found.manifest, where)
        if manifest.config.size > oci.LARGEST:
            raise LimitError(f"the configuration has {manifest.config.size} bytes.", where=where)
        data = b"".join(registry.blob(reference, described(manifest.config)))
        oci.verify(data, manifest.config.digest)
        config = oci.parse_config(data)
        if (
            wanted is not None
            and config.os
            and not choosing.fits(Platform(config.os, config.architecture, wanted.variant), wanted)
        ):
            raise NotFoundError(
                f"{where} is for {config.os}/{config.architecture} and not for {wanted}.", "Leave --platform out."
            )
        if len(manifest.layers) != len(config.diff_ids):
            raise FormatError(
                f"the manifest names {len(manifest.layers)} layers, the configuration {len(config.diff_ids)}.", where=where
            )
        fetching = _Fetching(registry, reference, manifest.layers, self._cache, held)
        pinned = msgspec.structs.replace(reference, digest=found.manifest.digest)
        return OpenImage(
            where,
            f"registry:{pinned}",
            manifest.config.digest,
            config,
            tuple(self._layer(layer, diff_id) for layer, diff_id in zip(manifest.layers, config.diff_ids, strict=True)),
            left_out=found.said,
            manifests=(*found.above, found.manifest.digest),
            fetch=fetching.fetch,
        )

    def _layer(self, layer: oci.Descriptor, diff_id: str) -> BlobLayer | TreeLayer:
        """A layer whose bytes are in the cache once they were fetched; one that is not read has nothing but its reason."""
        why = choosing.unread(described(layer))
        if why:
            return TreeLayer(diff_id, tuple, lambda: (why,))
        path = self._cache.path(layer.digest)
        return BlobLayer(diff_id, layer.digest, layer.size, lambda: _chunks(path, diff_id))


class _Fetching:
    """Brings layers of one image here; holds them until the image is closed."""

    def __init__(
        self,
        registry: Registry,
        reference: ImageReference,
        layers: Sequence[oci.Descriptor],
        cache: BlobCache,
        held: contextlib.ExitStack,
    ) -> None:
        self._registry = registry
        self._reference = reference
        self._layers = layers
        self._cache = cache
        self._held = held
        self._lock = threading.Lock()
        self._stop = False

    def fetch(self, numbers: Sequence[int], tell: Tell) -> None:
        """All that are not here yet, three at a time, the largest first. Raises what the port and the cache raise."""
        named = {self._layers[n].digest: self._layers[n] for n in numbers if not choosing.unread(described(self._layers[n]))}
        missing = [layer for layer in named.values() if not self._hold(self._cache.hold(layer.digest, layer.size))]
        if not missing:
            return
        self._cache.room(sum(layer.size for layer in missing))
        from concurrent.futures import ThreadPoolExecutor

        missing.sort(key=lambda layer: -layer.size)
        advance = _Counting(f"{self._reference}: fetching", sum(layer.size for layer in missing), tell).advance
        with (
            ThreadPoolExecutor(min(AT_ONCE, len(missing)), thread_name_prefix="fetch") as pool,
            contextlib.ExitStack() as given_up,
        ):
            given_up.callback(pool.shutdown, wait=False, cancel_futures=True)
            given_up.callback(self._end)
            for done in [pool.submit(self._one, layer, advance) for layer in missing]:
                done.result()
            given_up.pop_all()

    def _end(self) -> None:
        """No more is fetched."""
        self._stop = True

    def _hold(self, fd: int | None) -> bool:
        if fd is not None:
            with self._lock:
                self._held.callback(os.close, fd)
        return fd is not None

    def _one(self, layer: oci.Descriptor, advance: Callable[[int], None]) -> None:
        def source(begin: int) -> Iterator[bytes]:
            for piece in self._registry.blob(self._reference, described(layer), begin):
                if self._stop:
                    raise ImageSourceError("Another layer cannot be fetched.", "")
                yield piece

        self._hold(self._cache.keep(layer.digest, layer.size, source, advance))


class _Counting:
    """Tells how much of all is here, now and then."""

    def __init__(self, what: str, total: int, tell: Tell) -> None:
        self._what, self._total, self._tell = what, total, tell
        self._lock = threading.Lock()
        self._done = self._said = 0

    def advance(self, size: int) -> None:
        """`size` more bytes are here."""
        with self._lock:
            self._done += size
            if self._done - self._said < _STEP:
                return
            self._said = self._done
            self._tell(f"{self._what} {self._done >> 20} of {self._total >> 20} MiB", min(1.0, self._done / self._total))


def _resolved(registry: Registry, reference: ImageReference, wanted: Platform, *, named: bool) -> _Found:
    """Follows indexes to the image for a platform, at most `DEEPEST`."""
    above: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    manifest = registry.manifest(reference)
    for _ in range(DEEPEST):
        if not is_index(manifest):
            return _Found(manifest, above, said)
        chosen, sentence = choosing.choose(registry_answers.parse_descriptors(manifest.data), wanted, named=named)
        if not image_reference.valid_digest(chosen.digest):
            raise FormatError(f"{chosen.digest[:80]!r} is not a digest.", where=str(reference))
        above, said = (*above, manifest.digest), (*said, *((sentence,) if sentence else ()))
        manifest = registry.manifest(msgspec.structs.replace(reference, digest=chosen.digest))
        if chosen.size and len(manifest.data) != chosen.size:
            raise FormatError("a manifest has another size than the index promises.", where=str(reference))
    if is_index(manifest):
        raise FormatError(f"more than {DEEPEST} indexes lie in one another.", where=str(reference))
    return _Found(manifest, above, said)


def is_index(manifest: RawManifest) -> bool:
    """Whether it is an index, by its media type."""
    return manifest.media_type in oci.INDEX_TYPES


def parsed(manifest: RawManifest, where: str) -> oci.Manifest:
    """The manifest of a container image. Raises FormatError: also for an artifact that is none."""
    found = oci.parse_manifest(manifest.data)
    if found.config.media_type not in choosing.CONFIGS:
        kind = "".join(c if c.isprintable() else "?" for c in found.config.media_type[:80])
        raise FormatError(f"this is no container image but an artifact ({kind}).", "Name an image.", where=where)
    if any(layer.size < 0 for layer in (found.config, *found.layers)):
        raise FormatError("the manifest promises less than nothing.", where=where)
    return found


def described(told: oci.Descriptor) -> Descriptor:
    """A descriptor as the port has it."""
    return Descriptor(media_type=told.media_type, digest=told.digest, size=told.size)


def _chunks(path: str, diff_id: str) -> Iterator[bytes]:
    try:
        with open(path, "rb", buffering=0) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise ImageSourceError(f"The layer {diff_id[:19]} is not here any more.", "Scan it again.") from None
