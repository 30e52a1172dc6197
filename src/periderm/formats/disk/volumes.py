"""What a disk holds: its partitions and logical volumes, and which of them hold file systems. Reads as little as that needs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from periderm.formats.disk import lvm, partitions, signatures
from periderm.formats.disk.ext4 import Ext4
from periderm.formats.disk.reading import FileSystem, Node, Read, content, part
from periderm.formats.disk.xfs import Xfs
from periderm.model.errors import FormatError
from periderm.model.limits import DEFAULT_DISK_LIMITS, DiskLimits

_FOLDER, _REGULAR = 0o040000, 0o100000
_SMALL = 1 << 20  # fstab is smaller
_LOOKED = 200_000  # names in one folder, for a single one


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A partition, a logical volume, or the whole disk. `name` as a person sees it, `names` all by which it can be chosen
    or mounted; `type` is a partition's. `files` is its file system; where it has none that is read, `content` says what it
    is and `why` why not."""

    name: str
    names: tuple[str, ...]
    read: Read
    content: signatures.Content
    number: int = 0
    type: str = ""
    files: FileSystem | None = None
    why: str = ""


class Survey(msgspec.Struct, frozen=True):
    """All places of a disk; `told` is what must be said of its tables."""

    places: tuple[Place, ...]
    told: tuple[str, ...] = ()


def survey(read: Read, size: int, limits: DiskLimits = DEFAULT_DISK_LIMITS) -> Survey:
    """Looks at the tables and the first bytes of everything. Raises FormatError where the tables are damaged."""
    table = partitions.partitions(read, size, limits)
    told = list(table.told)
    if len(table.partitions) > limits.partitions:
        told.append(f"Only the first {limits.partitions} of {len(table.partitions)} partitions were looked at.")
    given = [
        (f"partition {p.number}", (str(p.number), f"PARTUUID={p.uuid}", *((f"PARTLABEL={p.label}",) if p.label else ())), p)
        for p in table.partitions[: limits.partitions]
    ]
    if not table.scheme:
        given = [("the whole disk", ("0",), partitions.Partition(0, 0, size))]
    places: list[Place] = []
    physical: list[lvm.Physical] = []
    for name, names, one in given:
        inside = part(read, one.start, one.size)
        found = signatures.identify(inside)
        empty = partitions.EMPTY_TYPES.get(one.type)
        if empty:
            found = signatures.Content("empty", empty)
        if found.kind == "lvm":
            try:
                disk = lvm.physical(inside, one.size, limits)
            except FormatError as error:
                places.append(Place(name=name, names=names, read=inside, content=found, why=error.what))
            else:
                physical += [disk] if disk is not None else []
            continue
        places.append(_place(name, names, inside, one.size, found, limits=limits, number=one.number, kind=one.type))
    places += _logical(physical, limits, told)
    return Survey(tuple(places), tuple(told))


def _place(
    name: str,
    names: tuple[str, ...],
    read: Read,
    size: int,
    found: signatures.Content,
    *,
    limits: DiskLimits,
    number: int = 0,
    kind: str = "",
) -> Place:
    """A place with its file system, if that is one that is read."""
    files: FileSystem | None = None
    why = ""
    try:
        if found.kind == "ext":
            files = Ext4(read, size, limits)
        elif found.kind == "xfs":
            files = Xfs(read, size, limits)
    except FormatError as error:
        why = error.what
    if files is not None:
        names += tuple(f"{key}={value}" for key, value in (("UUID", files.uuid), ("LABEL", files.label)) if value)
    return Place(name=name, names=names, read=read, content=found, number=number, type=kind, files=files, why=why)


def _logical(disks: Sequence[lvm.Physical], limits: DiskLimits, told: list[str]) -> list[Place]:
    places = []
    try:
        found = lvm.volumes(disks, limits)
    except FormatError as error:
        told.append(f"The logical volumes were not read: {error.what}")
        return []
    if disks and not found:
        told.append("There are parts of a volume group, but not the part that describes it: nothing of it was read.")
    for volume in found:
        name = f"{volume.group}/{volume.name}"
        mapped = f"{volume.group.replace('-', '--')}-{volume.name.replace('-', '--')}"
        names = (name, f"/dev/{name}", f"/dev/mapper/{mapped}")
        if volume.why:
            content = signatures.Content("other", "a logical volume")
            places.append(Place(name=name, names=names, read=_nothing, content=content, why=volume.why))
            continue
        read = lvm.reader(volume)
        places.append(_place(name, names, read, volume.size, signatures.identify(read), limits=limits))
    return places


def _nothing(_offset: int, _size: int) -> bytes:
    return b""


def lookup(files: FileSystem, path: str) -> Node | None:
    """The inode at a path, links not followed; None if there is none, or it cannot be read."""
    try:
        node = files.node(files.root)
        for name in path.split("/"):
            if node.kind != _FOLDER or files.closed(node):
                return None
            wanted = name.encode()
            listed = itertools.islice(files.names(node), _LOOKED)
            number = next((below for found, below in listed if found == wanted), None)
            if number is None:
                return None
            node = files.node(number)
    except FormatError:
        return None
    return node


def small(place: Place, path: str) -> bytes:
    """The content of a small file; b'' if there is none."""
    files = place.files
    node = lookup(files, path) if files is not None else None
    if files is None or node is None or node.kind != _REGULAR or node.size > _SMALL or files.closed(node):
        return b""
    try:
        inline = files.inline(node)
        return inline if inline is not None else b"".join(content(place.read, files.runs(node), node.size, path))
    except FormatError:
        return b""


def rootness(place: Place) -> int:
    """How much a file system looks like the root of a system: 0 not at all, 4 and more for sure."""
    files = place.files
    if files is None:
        return 0
    system = lookup(files, "etc/os-release") or lookup(files, "usr/lib/os-release")
    points = 4 if system is not None and lookup(files, "etc") is not None else 0
    points += 2 if lookup(files, "etc/fstab") is not None else 0
    return points + (1 if lookup(files, "etc/passwd") is not None else 0)
