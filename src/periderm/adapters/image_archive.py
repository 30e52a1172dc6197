"""Opens images inside one tar file: `docker save`, `podman save` and OCI archives. Reads in place and unpacks nothing.

Judges nothing: digests are handed on, and whoever reads the layers verifies them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import stat
from collections.abc import Iterator
from typing import NamedTuple

from periderm.formats import docker_archive, oci
from periderm.formats.tar import header
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, ImageSourceError, LimitError
from periderm.model.image import FileType
from periderm.ports.image_source import BlobLayer, OpenImage

CHUNK = 1 << 20
_MAKE_ONE = "Make one with `podman save` or `docker save`."
_NO_TAR = (
    "Make one with `podman save` or `docker save`; a disk image is scanned with `periderm scan disk`, a folder with `periderm "
    "scan fs`."
)
MOST_MEMBERS = 100_000
_LARGEST_DOCUMENT = 16 << 20
_COMPRESSED = {b"\x1f\x8b": "gunzip", b"\x28\xb5": "unzstd", b"BZ": "bunzip2", b"\xfd7": "unxz"}


class Place(NamedTuple):
    """Where a member's bytes are in the archive, or to which other member it links."""

    offset: int
    size: int
    link: str = ""


class ImageArchive:
    """`ports.image_source.ImageSource` for one file."""

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the archive at a path. Raises ImageSourceError, NotFoundError, FormatError."""
        try:
            fd = os.open(location, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError as error:
            raise ImageSourceError(
                f"{location} cannot be opened ({error.strerror}).", "Check the path and your rights."
            ) from None
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise ImageSourceError(f"{location} is not a regular file.", "Give an archive, an OCI layout or podman:NAME.")
            yield _Archive(fd, location).image(name)
        finally:
            os.close(fd)


class _Archive:
    """The index of one open archive."""

    def __init__(self, fd: int, path: str) -> None:
        self._fd = fd
        self._path = path
        self._places = self._index()

    def _index(self) -> dict[str, Place]:
        """Every member's place; a later member of the same name replaces an earlier one, as when it is unpacked."""
        tool = _COMPRESSED.get(os.pread(self._fd, 2, 0))
        if tool:
            raise FormatError("the archive itself is compressed.", f"Unpack it with {tool} first.", where=self._path)
        try:
            header.parse(os.pread(self._fd, header.BLOCK, 0).ljust(header.BLOCK, b"\0"))
        except FormatError:
            raise FormatError("this is not a tar, so it is no image archive.", _NO_TAR, where=self._path) from None
        places: dict[str, Place] = {}
        for entry in _headers(self._fd, self._path):
            path, kind, link, offset, size = entry
            if kind is FileType.REGULAR:
                places[path] = Place(offset, size)
            elif kind is FileType.SYMLINK:
                places[path] = Place(0, 0, posixpath.normpath(posixpath.join("/", posixpath.dirname(path), link))[1:])
            elif kind is FileType.HARDLINK:
                places[path] = Place(0, 0, link)
            if len(places) > MOST_MEMBERS:
                raise LimitError(f"the archive has more than {MOST_MEMBERS} members.", where=self._path)
        return places

    def _place(self, name: str) -> Place:
        """Follows links inside the archive, at most eight. Raises FormatError."""
        path = posixpath.normpath("/" + name)[1:]
        for _ in range(8):
            place = self._places.get(path)
            if place is None:
                raise FormatError(f"{name!r} is named but not in the archive.", "Save it again.", where=self._path)
            if not place.link:
                return place
            path = place.link
        raise FormatError(f"{name!r} is a loop of links.", where=self._path)

    def _document(self, name: str) -> bytes:
        place = self._place(name)
        if place.size > _LARGEST_DOCUMENT:
            raise LimitError(
                f"{name!r} has {place.size} bytes; {_LARGEST_DOCUMENT} is the most that is read.", where=self._path
            )
        return b"".join(self._read(place))

    def _read(self, place: Place) -> Iterator[bytes]:
        at, end = place.offset, place.offset + place.size
        while at < end:
            chunk = os.pread(self._fd, min(CHUNK, end - at), at)
            if not chunk:
                raise FormatError("the archive ends too early.", "Save it again.", where=self._path)
            at += len(chunk)
            yield chunk

    def image(self, name: str) -> OpenImage:
        """The image that is asked for; docker's manifest first, because newer dockers write both."""
        if docker_archive.MANIFEST in self._places:
            return self._docker(name)
        if oci.INDEX_FILE in self._places:
            return self._oci(name)
        raise FormatError(
            "this is not an image archive: it has neither manifest.json nor index.json.",
            _MAKE_ONE,
            where=self._path,
        )

    def _docker(self, name: str) -> OpenImage:
        images = docker_archive.parse(self._document(docker_archive.MANIFEST))
        saved = docker_archive.choose(images, name)
        if saved is None:
            raise oci.not_there(name, docker_archive.names(images))
        data = self._document(saved.config)
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        told = posixpath.basename(saved.config).removesuffix(".json")
        if len(told) == 64 and digest != f"sha256:{told}":
            raise FormatError(f"the configuration's digest is {digest[:19]}… and not {told[:12]}….", where=self._path)
        config = oci.parse_config(data)
        if len(saved.layers) != len(config.diff_ids):
            raise FormatError(
                f"manifest.json names {len(saved.layers)} layers, the configuration {len(config.diff_ids)}.", where=self._path
            )
        layers = tuple(self._layer(p, d, "") for p, d in zip(saved.layers, config.diff_ids, strict=True))
        reference = name or (saved.tags[0] if saved.tags else posixpath.basename(self._path))
        return OpenImage(reference, f"archive:{self._path}", digest, config, layers)

    def _layer(self, member: str, diff_id: str, blob_digest: str) -> BlobLayer:
        place = self._place(member)
        return BlobLayer(diff_id, blob_digest, place.size, lambda: self._read(place))

    def _blob(self, descriptor: oci.Descriptor) -> bytes:
        """A document named by its digest, which is verified."""
        value = oci.valid_digest(descriptor.digest)
        data = self._document(f"blobs/sha256/{value}")
        if hashlib.sha256(data).hexdigest() != value:
            raise FormatError(f"the blob {value[:12]} has another digest.", "Fetch it again.", where=self._path)
        return data

    def _oci(self, name: str) -> OpenImage:
        machine = os.uname().machine
        manifests = oci.parse_index(self._document(oci.INDEX_FILE))
        chosen = oci.choose(manifests, name, machine)
        if chosen is None:
            raise oci.not_there(name, oci.names(manifests))
        found = oci.resolve(chosen, machine, self._blob, self._path)
        reference = chosen.name or name or posixpath.basename(self._path)
        layers = tuple(
            self._layer(f"blobs/sha256/{oci.valid_digest(blob.digest)}", diff_id, blob.digest) for blob, diff_id in found.layers
        )
        return OpenImage(reference, f"archive:{self._path}", found.digest, found.config, layers, manifests=found.manifests)


class _Window:
    """Chunks of a file that can jump over a member's content, so that an archive's index costs only its headers."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.at = 0

    def __iter__(self) -> Iterator[bytes]:
        while chunk := os.pread(self._fd, 4096, self.at):
            self.at += len(chunk)
            yield chunk


def _headers(fd: int, path: str) -> Iterator[tuple[str, FileType, str, int, int]]:
    """(path, type, link, offset, size) of each member, reading headers only."""
    end = os.fstat(fd).st_size
    start = 0
    while True:
        window = _Window(fd)
        window.at = start
        member = next(iter(TarStream(window, where=path)), None)
        if member is None:
            return
        entry = member.entry
        offset = start + entry.offset
        if offset + member.stored > end:
            raise FormatError("the archive ends inside a member.", "Save it again.", where=path)
        yield entry.path, entry.type, entry.link, offset, member.stored
        start = offset + (member.stored + 511) // 512 * 512
