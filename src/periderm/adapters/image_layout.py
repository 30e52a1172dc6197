"""Opens images in an OCI image layout folder (`oci-layout`, `index.json`, `blobs/`). Follows no link out of the folder.

Judges nothing: digests of layers are handed on, and whoever reads the layers verifies them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import stat
from collections.abc import Iterator

from periderm.formats import oci
from periderm.model.errors import FormatError, ImageSourceError, LimitError
from periderm.ports.image_source import BlobLayer, OpenImage

CHUNK = 1 << 20
_LARGEST_DOCUMENT = 16 << 20
_SAFE = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class ImageLayout:
    """`ports.image_source.ImageSource` for a folder in OCI layout."""

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the layout at a path. Raises ImageSourceError, NotFoundError, FormatError."""
        try:
            root = os.open(location, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ImageSourceError(
                f"{location} cannot be opened ({error.strerror}).", "Check the path and your rights."
            ) from None
        try:
            yield _Layout(root, location).image(name)
        finally:
            os.close(root)


class _Layout:
    """One open layout folder."""

    def __init__(self, root: int, path: str) -> None:
        self._root = root
        self._path = path

    def _open(self, name: str) -> int:
        """A regular file below the root; every folder on the way is opened without following links."""
        *folders, last = name.split("/")
        at = os.dup(self._root)
        try:
            for folder in folders:
                below = os.open(folder, _SAFE | os.O_DIRECTORY, dir_fd=at)
                os.close(at)
                at = below
            fd = os.open(last, _SAFE, dir_fd=at)
        except OSError as error:
            raise FormatError(
                f"{name!r} cannot be opened ({error.strerror}).", "Fetch the image again.", where=self._path
            ) from None
        finally:
            os.close(at)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            os.close(fd)
            raise FormatError(f"{name!r} is not a regular file.", where=self._path)
        return fd

    def _document(self, name: str) -> bytes:
        with open(self._open(name), "rb") as file:
            data = file.read(_LARGEST_DOCUMENT + 1)
        if len(data) > _LARGEST_DOCUMENT:
            raise LimitError(f"{name!r} is larger than {_LARGEST_DOCUMENT} bytes.", where=self._path)
        return data

    def _blob(self, descriptor: oci.Descriptor) -> bytes:
        """A document named by its digest, which is verified."""
        value = oci.valid_digest(descriptor.digest)
        data = self._document(f"blobs/sha256/{value}")
        if hashlib.sha256(data).hexdigest() != value:
            raise FormatError(f"the blob {value[:12]} has another digest.", "Fetch it again.", where=self._path)
        return data

    def _chunks(self, name: str) -> Iterator[bytes]:
        with open(self._open(name), "rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def _layer(self, descriptor: oci.Descriptor, diff_id: str) -> BlobLayer:
        name = f"blobs/sha256/{oci.valid_digest(descriptor.digest)}"
        fd = self._open(name)
        size = os.fstat(fd).st_size
        os.close(fd)
        return BlobLayer(diff_id, descriptor.digest, size, lambda: self._chunks(name))

    def image(self, name: str) -> OpenImage:
        """The image that is asked for. Raises FormatError, NotFoundError."""
        machine = os.uname().machine
        manifests = oci.parse_index(self._document(oci.INDEX_FILE))
        chosen = oci.choose(manifests, name, machine)
        if chosen is None:
            raise oci.not_there(name, oci.names(manifests))
        found = oci.resolve(chosen, machine, self._blob, self._path)
        reference = chosen.name or name or posixpath.basename(posixpath.abspath(self._path))
        layers = tuple(self._layer(blob, diff_id) for blob, diff_id in found.layers)
        return OpenImage(reference, f"layout:{self._path}", found.digest, found.config, layers, manifests=found.manifests)
