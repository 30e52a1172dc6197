"""Reads a root file system that lies in a folder, entry by entry, in a fixed order. Never leaves the folder: every
name is opened relative to its open parent, without following links. Executes, writes and judges nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import stat
from collections.abc import Collection, Iterator, Sequence

from periderm.formats.tar.capabilities import NAME as CAPABILITIES
from periderm.formats.tar.capabilities import permitted
from periderm.model.errors import FormatError, ImageSourceError
from periderm.model.image import OPAQUE, WHITEOUT, FileType, ImageConfig, LayerEntry
from periderm.ports.image_source import OpenImage, TreeLayer

CHUNK = 1 << 20
DEEPEST = 256
_OPEN = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_TYPES = {
    stat.S_IFREG: FileType.REGULAR,
    stat.S_IFDIR: FileType.DIRECTORY,
    stat.S_IFLNK: FileType.SYMLINK,
    stat.S_IFCHR: FileType.CHARACTER,
    stat.S_IFBLK: FileType.BLOCK,
    stat.S_IFIFO: FileType.FIFO,
    stat.S_IFSOCK: FileType.SOCKET,
}
# Kernel documentation, filesystems/overlayfs: whiteouts are 0/0 devices, opaque folders carry this attribute.
_OPAQUE_ATTRIBUTES = ("trusted.overlay.opaque", "user.overlay.opaque", "user.fuseoverlayfs.opaque")


class ImageFolder:
    """`ports.image_source.ImageSource` for a folder with a root file system, which is taken as one layer."""

    @contextlib.contextmanager
    def open(self, location: str, name: str) -> Iterator[OpenImage]:
        """Opens the folder. Its digest is one of its path, because a folder has none of its own."""
        path = posixpath.abspath(location)
        tree = Tree(path)
        digest = "sha256:" + hashlib.sha256(b"folder:" + os.fsencode(path)).hexdigest()
        yield OpenImage(name or path, f"folder:{path}", digest, ImageConfig(), (folder_layer(tree, ""),))


def overlay_layer(path: str, diff_id: str) -> TreeLayer:
    """A layer that podman's overlay driver has unpacked into a folder. Raises ImageSourceError."""
    return folder_layer(Tree(path, overlay=True), diff_id)


def folder_layer(tree: Tree, diff_id: str) -> TreeLayer:
    """A walk as a layer."""
    return TreeLayer(diff_id, tree.entries, lambda: tuple(tree.missed))


class FolderEntry:
    """One entry; its content is opened relative to the folder that is still open."""

    __slots__ = ("_folder", "_name", "_stat", "entry")

    def __init__(self, entry: LayerEntry, folder: int, name: str, status: os.stat_result) -> None:
        self.entry = entry
        self._folder = folder
        self._name = name
        self._stat = status

    def peek(self, size: int) -> bytes:
        """The first bytes; none if it cannot be read, which `chunks` tells."""
        try:
            fd = os.open(self._name, _OPEN, dir_fd=self._folder)
        except OSError:
            return b""
        try:
            return os.pread(fd, size, 0)
        except OSError:
            return b""
        finally:
            os.close(fd)

    def read(self) -> bytes:
        """The whole content."""
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """The content, at most as long as it was when it was listed. Raises FormatError if it cannot be read."""
        try:
            fd = os.open(self._name, _OPEN, dir_fd=self._folder)
        except OSError as error:
            raise FormatError(f"it cannot be read ({error.strerror}).", where=self.entry.path) from None
        with open(fd, "rb", buffering=0) as file:
            now = os.fstat(fd)
            if (now.st_dev, now.st_ino) != (self._stat.st_dev, self._stat.st_ino) or not stat.S_ISREG(now.st_mode):
                raise FormatError("it was exchanged while it was read.", where=self.entry.path)
            left = self.entry.size
            while left and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk


class Tree:
    """A walk through a folder. `missed` holds sentences about what could not be read. Folders whose path is in `skip`,
    or whose name is in `skip_names`, are listed and not entered; file systems mounted at the paths of `enter` are
    walked as well."""

    def __init__(
        self,
        path: str,
        *,
        overlay: bool = False,
        skip: Collection[str] = (),
        skip_names: Collection[str] = (),
        enter: Collection[str] = (),
    ) -> None:
        self.missed: list[str] = []
        self._path = path
        self._overlay = overlay
        self._skip = frozenset(skip)
        self._skip_names = frozenset(skip_names)
        self._enter = frozenset(enter)
        self._unreadable = 0
        self._first = ""
        if not os.path.isdir(path):
            raise ImageSourceError(f"{path} is not a folder.", "Give a folder that holds a root file system.")

    def entries(self) -> Iterator[FolderEntry]:
        """All entries below, parents before children, names in byte order. Stays on the folder's own file system, so
        that a host's /proc and mounts are left out (and said)."""
        try:
            root = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ImageSourceError(f"{self._path} cannot be opened ({error.strerror}).", "Run it with more rights.") from None
        devices = {os.fstat(root).st_dev}
        stack: list[tuple[int, str, Iterator[str]]] = [(root, "", iter(self._names(root)))]
        try:
            while stack:
                folder, prefix, names = stack[-1]
                name = next(names, None)
                if name is None:
                    os.close(folder)
                    stack.pop()
                    continue
                path = prefix + name
                try:
                    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                except OSError:
                    self._miss(path)
                    continue
                yield self._entry(path, folder, name, status)
                if stat.S_ISDIR(status.st_mode) and self._entered(path, name, status.st_dev, devices, len(stack)):
                    yield from self._descend(stack, folder, name, path)
        finally:
            for folder, _, _ in stack:
                os.close(folder)
        if self._unreadable:
            self.missed.append(f"{self._unreadable} entries could not be read, the first is {self._first}.")

    def _entered(self, path: str, name: str, device: int, devices: set[int], depth: int) -> bool:
        """Whether a folder is walked too; what is not, and not on purpose, is said."""
        if path in self._skip or name in self._skip_names:
            return False
        if device not in devices and path in self._enter:
            devices.add(device)
        if device not in devices:
            self.missed.append(f"{path} is another file system and was left out.")
            return False
        if depth >= DEEPEST:
            self.missed.append(f"{path} is deeper than {DEEPEST} folders and was left out.")
            return False
        return True

    def _descend(self, stack: list[tuple[int, str, Iterator[str]]], folder: int, name: str, path: str) -> Iterator[FolderEntry]:
        """Opens a folder onto the stack; an opaque one yields its mark first."""
        try:
            below = os.open(name, _OPEN | os.O_DIRECTORY, dir_fd=folder)
        except OSError:
            self._miss(path)
            return
        try:
            names = self._names(below)
        except OSError:
            os.close(below)
            self._miss(path)
            return
        stack.append((below, path + "/", iter(names)))
        if self._overlay and _is_opaque(below):
            mark = LayerEntry(f"{path}/{OPAQUE}", FileType.REGULAR, 0, 0, 0, 0, 0)
            yield FolderEntry(mark, below, OPAQUE, os.fstat(below))

    def _names(self, folder: int) -> Sequence[str]:
        return sorted(os.listdir(folder), key=os.fsencode)

    def _entry(self, path: str, folder: int, name: str, status: os.stat_result) -> FolderEntry:
        kind = _TYPES.get(stat.S_IFMT(status.st_mode), FileType.SOCKET)
        if self._overlay and kind is FileType.CHARACTER and status.st_rdev == 0:
            head, _, tail = path.rpartition("/")
            path = f"{head}/{WHITEOUT}{tail}" if head else WHITEOUT + tail
            kind = FileType.REGULAR
        link = ""
        if kind is FileType.SYMLINK:
            try:
                link = os.readlink(name, dir_fd=folder)
            except OSError:
                self._miss(path)
        entry = LayerEntry(
            path=os.fsencode(path).decode("utf-8", "surrogateescape"),
            type=kind,
            mode=stat.S_IMODE(status.st_mode),
            uid=status.st_uid,
            gid=status.st_gid,
            size=status.st_size if kind is FileType.REGULAR else 0,
            mtime=int(status.st_mtime),
            link=link,
            device=(os.major(status.st_rdev), os.minor(status.st_rdev)),
            capabilities=_capabilities(folder, name) if kind is FileType.REGULAR and status.st_mode & 0o111 else 0,
        )
        return FolderEntry(entry, folder, name, status)

    def _miss(self, path: str) -> None:
        self._unreadable += 1
        self._first = self._first or path


def _capabilities(folder: int, name: str) -> int:
    """The file's permitted capabilities; none where the file, its file system or we do not tell."""
    try:
        fd = os.open(name, _OPEN, dir_fd=folder)
    except OSError:
        return 0
    try:
        return permitted(os.getxattr(fd, CAPABILITIES))
    except OSError:
        return 0  # most have none
    finally:
        os.close(fd)


def _is_opaque(folder: int) -> bool:
    for name in _OPAQUE_ATTRIBUTES:
        try:
            if os.getxattr(folder, name) == b"y":
                return True
        except OSError:
            continue  # not set, or not ours to read: trusted.* needs CAP_SYS_ADMIN
    return False


def kind_of(path: str) -> str:
    """What lies at a path: 'layout' (a folder with an OCI image layout), 'folder', 'archive' (any file), '' nothing."""
    if os.path.isdir(path):
        return "layout" if os.path.isfile(os.path.join(path, "oci-layout")) else "folder"
    return "archive" if os.path.exists(path) else ""
