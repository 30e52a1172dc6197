"""Walks a tree that several file systems make together, in an order that suits the disk. Follows no link, and ends on every
disk, however it was made."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from periderm.formats.disk.reading import Budget, FileSystem, Node
from periderm.formats.disk.volumes import Place
from periderm.model.errors import FormatError, LimitError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

_FOLDER, _LINK, _REGULAR = 0o040000, 0o120000, 0o100000
_KINDS = (_FOLDER, _LINK, _REGULAR, 0o020000, 0o060000, 0o010000, 0o140000)
_TOLD = 20  # sentences; what is more is counted


class Found(NamedTuple):
    """One entry: its path without a first slash, its inode, where it lies, and a link's target."""

    path: bytes
    node: Node
    place: Place
    link: bytes = b""


class Walk:
    """A walk over {mount point: place}. `skip` are folders that are listed and not entered. `told` grows as it goes."""

    def __init__(
        self, mounts: Mapping[str, Place], skip: Collection[str] = (), limits: DiskLimits = DEFAULT_DISK_LIMITS
    ) -> None:
        self.told: list[str] = []
        self._mounts = {point.encode("utf-8", "surrogateescape"): place for point, place in mounts.items()}
        self._skip = {path.encode() for path in skip}
        self._limits = limits
        self._seen: set[tuple[int, int]] = set()
        self._budget = Budget(limits.names, "names")
        self._reached: set[bytes] = set()
        self._unsaid = 0

    def found(self) -> Iterator[Found]:
        """Folders before what they hold; regular files, some thousands at a time, in the order of the disk."""
        window: list[Found] = []
        files = 0
        for one in self._entries():
            if one.node.kind != _REGULAR:
                yield one
                continue
            window.append(one)
            files += 1
            if files >= self._limits.window:
                yield from sorted(window, key=_near)
                window, files = [], 0
        yield from sorted(window, key=_near)
        for point in self._mounts.keys() - self._reached - {b""}:
            if b"" in self._mounts:
                self._tell(point, FormatError("a volume belongs there, and there is no such folder."))
        if self._unsaid:
            self.told.append(f"{self._unsaid} more entries could not be read.")

    def _entries(self) -> Iterator[Found]:
        """All entries, depth first, names in byte order."""
        stack: list[tuple[bytes, Place, Iterator[Found]]] = []
        root = self._mounts.get(b"")
        if root is not None:
            stack.append((b"", root, self._inside(b"", root, _root(root))))
        else:
            stack.append((b"", next(iter(self._mounts.values())), iter(self._beside())))
        while stack:
            _, _, inside = stack[-1]
            one = next(inside, None)
            if one is None:
                stack.pop()
                continue
            yield one
            if one.node.kind == _FOLDER and self._entered(one, len(stack)):
                stack.append((one.path, one.place, self._inside(one.path + b"/", one.place, one.node)))

    def _beside(self) -> list[Found]:
        """Roots of file systems that lie beside each other, as folders."""
        found = []
        for point, place in self._mounts.items():
            try:
                found.append(Found(point, _root(place), place))
            except FormatError as error:
                self._tell(point, error)
        return found

    def _entered(self, one: Found, depth: int) -> bool:
        if one.path in self._skip:
            return False
        key = (id(one.place.files), one.node.number)
        if key in self._seen:
            self._tell(one.path, FormatError("it is reached by two ways, and was entered once."))
            return False
        self._seen.add(key)
        closed = _files(one.place).closed(one.node)
        if closed:
            self._tell(one.path, FormatError(f"{closed}."))
            return False
        if depth >= self._limits.depth:
            self._tell(one.path, LimitError(f"it is deeper than {self._limits.depth} folders."))
            return False
        return True

    def _inside(self, prefix: bytes, place: Place, folder: Node) -> Iterator[Found]:
        """The entries of one folder; a folder on which something is mounted is that."""
        files = _files(place)
        if not prefix:
            self._seen.add((id(files), folder.number))
        names: list[tuple[bytes, int]] = []
        try:
            for one in files.names(folder):
                self._budget.take()
                names.append(one)
        except FormatError as error:
            self._tell(prefix.rstrip(b"/") or b"/", error)
        names.sort()
        before = b""
        for name, number in names:
            path = prefix + name
            if name == before or not _possible(name):
                self._tell(path, FormatError("it has a name that cannot be, or is there twice."))
                continue
            before = name
            mounted = self._mounts.get(path)
            try:
                if mounted is not None:
                    self._reached.add(path)
                    yield Found(path, _root(mounted), mounted)
                    continue
                node = files.node(number)
                link = files.link(node) if node.kind == _LINK and not files.closed(node) else b""
            except FormatError as error:
                self._tell(path, error)
                continue
            if node.kind not in _KINDS:
                self._tell(path, FormatError("its inode is empty; perhaps it was not written yet."))
                continue
            if node.kind == _REGULAR and node.size > self._limits.file:
                self._tell(path, LimitError(f"a file of {node.size} bytes is not read."))
                continue
            yield Found(path, node, place, link)

    def _tell(self, path: bytes, error: FormatError) -> None:
        if len(self.told) >= _TOLD:
            self._unsaid += 1
            return
        shown = path.decode("utf-8", "backslashreplace")
        self.told.append(f"{shown} was not read: {error.what}")


def _near(one: Found) -> int:
    return one.node.near


def _files(place: Place) -> FileSystem:
    if place.files is None:
        raise FormatError(f"{place.name} holds no file system.")
    return place.files


def _root(place: Place) -> Node:
    files = _files(place)
    return files.node(files.root)


def _possible(name: bytes) -> bool:
    return b"/" not in name and b"\0" not in name and name not in (b"", b".", b"..")
