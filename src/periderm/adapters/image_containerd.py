"""Opens images in containerd's own storage, of kubelet and of docker with containerd's image store too: no daemon asked.

A layer whose blob is still in the content store is read from there, and its digest verified by whoever reads it; where
kubelet has discarded the blob, the unpacked snapshot is read. Judges nothing.
Sources: containerd `core/metadata/buckets.go`, `core/snapshots/storage/bolt.go`, `plugins/snapshots/overlay`.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator

from periderm.formats import oci
from periderm.formats.bolt import BoltFile
from periderm.formats.containerd_records import text_of
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError
from periderm.ports.image_source import BlobLayer, Layer, OpenImage, TreeLayer

OpenTree = Callable[[str, str], TreeLayer]  # (folder, diff id)
CHUNK = 1 << 20
_LARGEST_DATABASE = 256 << 20
_LARGEST_DOCUMENT = 16 << 20
_SAFE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_SNAPSHOTTER = "overlayfs"


class ContainerdImages:
    """`ports.image_source.ImageSource`: `location` is a name, `NAMESPACE/NAME` behind two slashes (`k8s.io//nginx`), or a
    digest of a manifest or a configuration."""

    def __init__(self, root: str, open_tree: OpenTree) -> None:
        self._root = root
        self._open_tree = open_tree

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens an image. Raises ImageSourceError, NotFoundError, FormatError."""
        wanted = name or location
        database = _database(os.path.join(self._root, "io.containerd.metadata.v1.bolt", "meta.db"))
        space, reference, target = self._find(database, wanted)
        yield self._image(database, space, reference, target)

    def _find(self, database: BoltFile, wanted: str) -> tuple[bytes, str, str]:
        """(namespace, name, digest of the target). Raises NotFoundError."""
        only, slashes, rest = wanted.partition("//")
        if slashes:
            wanted = rest
        names = names_of(wanted)
        by_digest: tuple[bytes, str, str] | None = None
        for space in database.buckets((b"v1",)):
            if slashes and text_of(space) != only:
                continue
            for key in database.buckets((b"v1", space, b"images")):
                target = text_of(dict(database.values((b"v1", space, b"images", key, b"target"))).get(b"digest", b""))
                if text_of(key) in names:
                    return space, text_of(key), target
                if by_digest is None and wanted.startswith("sha256:") and wanted in (target, self._configuration(target)):
                    by_digest = space, text_of(key), target
        if by_digest is not None:
            return by_digest
        raise NotFoundError(
            f"containerd has no image {wanted!r} here.", "`ctr --namespace k8s.io images list` lists what there is."
        )

    def _configuration(self, target: str) -> str:
        """The configuration's digest of a manifest or index, '' if it is not here."""
        try:
            return self._resolved(target, "").digest
        except FormatError:
            return ""

    def _resolved(self, target: str, where: str) -> oci.Resolved:
        return oci.resolve(
            oci.Descriptor(target), os.uname().machine, lambda descriptor: self._document(descriptor.digest), where
        )

    def _image(self, database: BoltFile, space: bytes, reference: str, target: str) -> OpenImage:
        found = self._resolved(target, reference)
        chains = oci.chain_ids(found.config.diff_ids)
        snapshots = _Snapshots(self._root, database, space)
        layers = tuple(
            self._layer(blob, diff_id, chain, snapshots)
            for (blob, diff_id), (chain, _) in zip(found.layers, chains, strict=True)
        )
        return OpenImage(reference, f"containerd:{found.digest}", found.digest, found.config, layers, manifests=found.manifests)

    def _layer(self, blob: oci.Descriptor, diff_id: str, chain_id: str, snapshots: _Snapshots) -> Layer:
        path = self._blob(blob.digest)
        with contextlib.suppress(OSError):
            status = os.stat(path, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                return BlobLayer(diff_id, blob.digest, status.st_size, lambda: _chunks(path))
        folder = snapshots.folder(chain_id)
        if not folder:
            raise FormatError(
                f"layer {diff_id[:19]} is neither in the content store nor unpacked.", "Pull the image again.", where=self._root
            )
        return self._open_tree(folder, diff_id)

    def _blob(self, digest: str) -> str:
        return os.path.join(self._root, "io.containerd.content.v1.content", "blobs", "sha256", oci.valid_digest(digest))

    def _document(self, digest: str) -> bytes:
        """A document of the content store, whose digest is verified. Raises FormatError."""
        data = b"".join(_chunks(self._blob(digest), most=_LARGEST_DOCUMENT))
        oci.verify(data, digest)
        return data


class _Snapshots:
    """Where unpacked layers lie: opened when first asked."""

    def __init__(self, root: str, database: BoltFile, space: bytes) -> None:
        self._folder = os.path.join(root, f"io.containerd.snapshotter.v1.{_SNAPSHOTTER}")
        self._database = database
        self._space = space
        self._own: BoltFile | None = None

    def folder(self, chain_id: str) -> str:
        """The folder of a committed snapshot, '' if there is none."""
        path = (b"v1", self._space, b"snapshots", _SNAPSHOTTER.encode(), chain_id.encode())
        key = dict(self._database.values(path)).get(b"name", b"")
        if not key:
            return ""
        if self._own is None:
            self._own = _database(os.path.join(self._folder, "metadata.db"))
        number = uvarint(dict(self._own.values((b"v1", b"snapshots", key))).get(b"id", b""))
        return os.path.join(self._folder, "snapshots", str(number), "fs") if number else ""


def uvarint(data: bytes) -> int:
    """Go's `binary.Uvarint`: seven bits a byte, lowest first; 0 for what is none."""
    value = 0
    for index, byte in enumerate(data[:10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value
    return 0


def names_of(wanted: str) -> tuple[str, ...]:
    """The full names that a person may mean: containerd keeps `docker.io/library/nginx:latest`."""
    last = wanted.rpartition("/")[2]
    tagged = wanted if ":" in last or "@" in last else wanted + ":latest"
    return wanted, tagged, f"docker.io/library/{tagged}", f"docker.io/{tagged}"


def _database(path: str) -> BoltFile:
    """A bolt file, read again if a writer tore it. Raises ImageSourceError, FormatError."""
    for attempt in range(3):
        try:
            with open(path, "rb") as file:
                data = file.read(_LARGEST_DATABASE + 1)
        except OSError as error:
            raise ImageSourceError(
                f"containerd's records cannot be read: {path} ({error.strerror}).", "Run it as root on the node."
            ) from None
        if len(data) > _LARGEST_DATABASE:
            raise LimitError(f"it is larger than {_LARGEST_DATABASE >> 20} MiB.", where=path)
        try:
            return BoltFile(data)
        except FormatError:
            if attempt == 2:
                raise
    raise AssertionError


def _chunks(path: str, most: int = 0) -> Iterator[bytes]:
    """The bytes of a regular file. Raises FormatError, LimitError."""
    try:
        descriptor = os.open(path, _SAFE)
    except OSError as error:
        raise FormatError(f"it cannot be read ({error.strerror}).", "Pull the image again.", where=path) from None
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FormatError("it is not a regular file.", where=path)
        if most and status.st_size > most:
            raise LimitError(f"it has {status.st_size} bytes; {most} is the most that is read.", where=path)
        while chunk := file.read(CHUNK):
            yield chunk
