"""Opens a disk image or a block device, read only and without mounting: its volumes become one tree, which is one layer.

Opens that one file and no other. Executes, mounts and writes nothing; what lies on the disk is read by our own code.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator

import msgspec

from periderm.formats.disk import composing, kernels, volumes
from periderm.formats.disk.capability import permitted
from periderm.formats.disk.reading import Budget, Read, Run, content
from periderm.formats.disk.walk import Found, Walk
from periderm.formats.disk.wrapping import unwrapped
from periderm.model.errors import FormatError, ImageSourceError, LimitError, NotFoundError
from periderm.model.image import CONTAINER_STORAGE, FileType, ImageConfig, LayerEntry
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits
from periderm.ports.image_source import OpenImage, TreeLayer

_AT_ONCE = 64 << 10  # bytes; a smaller file is read whole, and so are pieces of the disk that are remembered
_TYPES = {
    stat.S_IFREG: FileType.REGULAR,
    stat.S_IFDIR: FileType.DIRECTORY,
    stat.S_IFLNK: FileType.SYMLINK,
    stat.S_IFCHR: FileType.CHARACTER,
    stat.S_IFBLK: FileType.BLOCK,
    stat.S_IFIFO: FileType.FIFO,
    stat.S_IFSOCK: FileType.SOCKET,
}


class DiskImages:
    """`ports.image_source.ImageSource`: `location` is a file or a block device, `name` one of its partitions (its number,
    the file system's UUID or label) or logical volumes ('GROUP/VOLUME'); '' the root file system with what belongs to it."""

    def __init__(self, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> None:
        self._limits = limits

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the disk. Raises ImageSourceError, NotFoundError, FormatError."""
        # The person's own link (/dev/mapper/…) is followed; what is then opened is no link any more.
        path = os.path.realpath(location)
        fd = _opened(path, location)
        try:
            size = os.lseek(fd, 0, os.SEEK_END)  # a device tells no size by fstat(2)
            yield self._image(fd, size, os.path.abspath(location), name)
        finally:
            os.close(fd)

    def _image(self, fd: int, size: int, shown: str, name: str) -> OpenImage:
        disk = unwrapped(_plain(fd), size, self._limits)
        held = min(self._limits.held, disk.size, self._limits.ratio * size + (1 << 30))
        limits = msgspec.structs.replace(self._limits, held=held)
        read = Cached(disk.read, disk.size, limits.cached)
        found = volumes.survey(read, disk.size, limits)
        whole = composing.chosen(found, name) if name else composing.composed(found)
        skipped = CONTAINER_STORAGE if "" in whole.mounts else ()
        root = whole.mounts.get("") or next(iter(whole.mounts.values()))
        layer = _Layer(whole, skipped, limits)
        identity = volumes.small(root, "etc/machine-id").strip()
        uuid = root.files.uuid if root.files is not None else ""
        digest = "sha256:" + hashlib.sha256(b"\0".join((b"disk", uuid.encode(), identity, name.encode()))).hexdigest()
        told = [f"The {disk.kind} image: {one}." for one in disk.told]
        where = ", ".join(f"/{point} ({place.name})" for point, place in whole.mounts.items())
        left = [f"All of the disk but {where}."] if len(found.places) > 1 else []
        left += whole.left_out
        if skipped:
            left.append("Left out on purpose: /" + ", /".join(skipped) + ".")
        return OpenImage(
            reference=f"{shown} ({name})" if name else shown,
            source=f"disk:{shown}",
            digest=digest,
            config=ImageConfig(),
            layers=(TreeLayer("", layer.entries, layer.missed),),
            packages=kernels.kernels(whole) if skipped else (),
            missed=(*told, *whole.missed),
            left_out=tuple(left),
        )


def _opened(path: str, location: str) -> int:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise NotFoundError(f"There is no {location}.", "Give a disk image, a block device, or a folder.") from None
    except OSError as error:
        raise ImageSourceError(
            f"{location} cannot be opened ({error.strerror}).", "A block device needs root, or membership in its group."
        ) from None
    if not stat.S_ISREG(mode := os.fstat(fd).st_mode) and not stat.S_ISBLK(mode):
        os.close(fd)
        raise ImageSourceError(f"{location} is neither a file nor a block device.", "Give a disk image or a block device.")
    return fd


def _plain(fd: int) -> Read:
    """Reads the file itself."""

    def read(offset: int, size: int) -> bytes:
        if offset < 0 or offset >= 1 << 63:
            return b""
        try:
            data = os.pread(fd, size, offset)
            while data and len(data) < size and (more := os.pread(fd, size - len(data), offset + len(data))):
                data += more
        except OSError as error:
            raise FormatError(f"the disk cannot be read at {offset} ({error.strerror}).") from None
        return data

    return read


def _capabilities(found: Found) -> int:
    files = found.place.files
    try:
        return permitted(files.capability(found.node)) if files is not None else 0
    except FormatError:
        return 0


class Cached:
    """Remembers the pieces of a disk from which little was read: inodes, folders and small files lie beside each other."""

    def __init__(self, read: Read, size: int, most: int) -> None:
        self._read = read
        self._size = size
        self._most = max(1, most // _AT_ONCE)
        self._known: dict[int, bytes] = {}

    def __call__(self, offset: int, size: int) -> bytes:
        """See `formats.disk.reading.Read`."""
        size = min(size, self._size - offset)
        if size <= 0 or offset < 0:
            return b""
        if size > _AT_ONCE:
            return self._read(offset, size)
        number, inside = divmod(offset, _AT_ONCE)
        if inside + size <= _AT_ONCE:
            return self._piece(number)[inside : inside + size]
        first = self._piece(number)[inside:]
        return first + self._piece(number + 1)[: size - len(first)]

    def _piece(self, number: int) -> bytes:
        known = self._known
        found = known.pop(number, None)
        if found is None:
            found = self._read(number * _AT_ONCE, min(_AT_ONCE, self._size - number * _AT_ONCE))
            if len(known) >= self._most:
                del known[next(iter(known))]
        known[number] = found
        return found


class _Layer:
    """The tree as a layer. In each pass, all contents together are read at most some times over, however often files share
    them."""

    def __init__(self, whole: composing.Whole, skipped: tuple[str, ...], limits: DiskLimits) -> None:
        self._whole = whole
        self._skipped = skipped
        self._walk = Walk({})
        self.limits = limits
        self.bytes = self.zeros = Budget(0, "bytes")

    def entries(self) -> Iterator[DiskEntry]:
        """See the port."""
        limits = self.limits
        self._walk = walk = Walk(self._whole.mounts, self._skipped, limits)
        self.bytes = Budget(limits.again * limits.held + (1 << 30), "bytes of files")
        self.zeros = Budget(limits.zeros, "zeros of sparse files")
        for found in walk.found():
            kind = _TYPES.get(found.node.kind)
            if kind is not None:
                yield DiskEntry(found, kind, self)

    def missed(self) -> tuple[str, ...]:
        """See the port."""
        return tuple(self._walk.told)


class DiskEntry:
    """One entry of a disk."""

    __slots__ = ("_content", "_found", "_layer", "_runs", "entry")

    def __init__(self, found: Found, kind: FileType, layer: _Layer) -> None:
        node = found.node
        self._found = found
        self._layer = layer
        self._content: bytes | None = None
        self._runs: list[Run] | None = None
        self.entry = LayerEntry(
            path=found.path.decode("utf-8", "surrogateescape"),
            type=kind,
            mode=node.mode,
            uid=node.uid,
            gid=node.gid,
            size=node.size if kind is FileType.REGULAR else 0,
            mtime=node.mtime,
            link=found.link.decode("utf-8", "surrogateescape") if found.link else "",
            device=node.device,
            capabilities=_capabilities(found) if kind is FileType.REGULAR and node.mode & 0o111 else 0,
        )

    def peek(self, size: int) -> bytes:
        """The first bytes; none if it cannot be read, which `chunks` tells."""
        try:
            if self._content is None:
                for piece in self._pieces(max(size, _AT_ONCE)):
                    return piece[:size]
            return (self._content or b"")[:size]
        except FormatError:
            return b""

    def read(self) -> bytes:
        """The whole content."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The content in pieces. Raises FormatError, LimitError."""
        if self._content is not None:
            yield self._content
            return
        yield from self._pieces(self.entry.size)

    def _pieces(self, most: int) -> Iterator[bytes]:
        """At least the first `most` bytes; a small file is kept."""
        node, place, size = self._found.node, self._found.place, self.entry.size
        files = place.files
        if files is None or not size:
            return
        try:
            if why := files.closed(node):
                raise FormatError(f"{why}.")
            inline = files.inline(node)
            if inline is not None:
                self._content = inline
                yield inline
                return
            if self._runs is None:
                self._runs = self._allowed(list(files.runs(node)))
            if size <= _AT_ONCE:
                self._content = b"".join(content(place.read, self._runs, size, self.entry.path))
                yield self._content
                return
            wanted = min(size, most)
            yield from content(place.read, self._runs, wanted, self.entry.path)
        except FormatError as error:
            raise type(error)(error.what.removeprefix(f"{self.entry.path}: ")) from None

    def _allowed(self, runs: list[Run]) -> list[Run]:
        """Counts what will be read. Raises LimitError."""
        limits = self._layer.limits
        zeros = sum(run.size for run in runs if run.at < 0)
        if zeros > limits.holes:
            raise LimitError(f"it is a sparse file with {zeros} bytes of holes.")
        self._layer.zeros.take(zeros)
        self._layer.bytes.take(self.entry.size - zeros)
        return runs
