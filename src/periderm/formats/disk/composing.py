"""Which file system of a disk is the root, and what belongs to it: one tree of several volumes. Knows no tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from periderm.formats.disk import fstab
from periderm.formats.disk.reading import Node
from periderm.formats.disk.volumes import Place, Survey, lookup, rootness, small
from periderm.model.errors import FormatError, LimitError

_FOLDER = 0o040000
# What systemd mounts without an fstab, by the type of the partition: Discoverable Partitions Specification, sd-gpt.h.
_TYPED = {
    "8484680c-9521-48c6-9c11-b0720656f69e": "usr",  # x86-64
    "b0e01050-ee5f-4390-949a-9101b17104e9": "usr",  # arm64
    "933ac7e1-2eb4-4f13-b844-0e14e2aef915": "home",
    "3b8f8425-20e0-4f3b-907f-1a25a76f98e8": "srv",
    "4d21b016-b534-45c2-a9fb-5c16e091fd2d": "var",
    "bc13c2ff-59e6-4262-a352-b275fd6f7172": "boot",
}
_NUMBERED = re.compile(r"(/dev/(?:(?:[hsv]|xv)d[a-z]+|(?:nvme\d+n\d+|mmcblk\d+|loop\d+|nbd\d+)p))(\d+)")


class Whole(msgspec.Struct, frozen=True):
    """What is to be walked: {mount point: place}. `missed` must be found wanting, `left_out` is only said."""

    mounts: dict[str, Place]
    missed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def chosen(found: Survey, name: str) -> Whole:
    """The one file system that a person named. Raises FormatError."""
    wanted = name.strip().lower()
    for place in found.places:
        keys = {key.lower() for key in place.names} | {key.partition("=")[2].lower() for key in place.names if "=" in key}
        if wanted in keys:
            if place.files is None:
                raise FormatError(f"{place.name} holds {place.content.name}{f': {place.why}' if place.why else ''}.")
            return Whole({"": place}, _of_files([place]))
    known = ", ".join(dict.fromkeys(place.names[0] for place in found.places if place.files is not None))
    raise LimitError(f"there is no {name} on this disk.", f"There are: {known}." if known else "")


def composed(found: Survey) -> Whole:
    """The root file system with what its fstab mounts, or all file systems beside each other where none is a root."""
    readable = [place for place in found.places if place.files is not None]
    if not readable:
        what = "; ".join(f"{place.name}: {_what(place)}" for place in found.places) or "no partition and no file system"
        raise FormatError(f"the disk holds nothing that is read here ({what}).")
    ranked = sorted(((rootness(place), -number, place) for number, place in enumerate(readable)), key=lambda one: one[:2])
    points, _, root = ranked[-1]
    if not points:
        mounts = {"": readable[0]} if len(readable) == 1 else {_folder(place): place for place in readable}
        left = ("No root file system was found; each file system is a folder.",) if len(readable) > 1 else ()
        return Whole(mounts, (*found.told, *_of_files(readable), *_unread(found)), left)
    mounts, elsewhere = _mounted(root, found.places)
    missed = [*found.told, *_of_files(list(mounts.values()))]
    for rank, _, place in ranked:
        if not any(place is used for used in mounts.values()):
            more = "another root file system" if rank >= 4 else "files"
            missed.append(f"{_begun(place)} holds {more} and was not examined; scan it with --partition {place.names[0]}.")
    return Whole(mounts, (*missed, *_unread(found)), (*elsewhere, *_swap(found)))


def _mounted(root: Place, places: Sequence[Place]) -> tuple[dict[str, Place], list[str]]:
    """The mounts of a root's fstab that lie on this disk, and what is said of the others."""
    mounts, left = {"": root}, []
    lines = fstab.parse(small(root, "etc/fstab"))
    own = next((line.device for line in lines if not line.point), "")
    disk = _NUMBERED.fullmatch(own)
    for line in lines:
        if not line.point:
            continue
        place = _of_device(line.device, places, disk[1] if disk else "")
        if place is None:
            left.append(f"/{line.point} is mounted from {line.device}, which is not on this disk.")
        elif place.files is not None and place is not root and line.point not in mounts:
            mounts[line.point] = place
    known = {line.point for line in lines}
    for place in places:
        point = _TYPED.get(place.type, "")
        if point and point not in known and point not in mounts and place.files is not None and _empty(root, point):
            mounts[point] = place
    return mounts, left


def _empty(root: Place, point: str) -> bool:
    """Whether a folder of the root is there and holds nothing: else nothing is mounted on it unasked."""
    folder = lookup(root.files, point) if root.files is not None else None
    if root.files is None or folder is None or folder.kind != _FOLDER:
        return False
    try:
        return next(iter(root.files.names(folder)), None) is None
    except FormatError:
        return False


def at(whole: Whole, path: str) -> tuple[Place, Node] | None:
    """What lies at a path of the whole tree, links not followed; None if nothing does."""
    point = max((p for p in whole.mounts if not p or path == p or path.startswith(p + "/")), key=len, default=None)
    place = whole.mounts[point] if point is not None else None
    if point is None or place is None or place.files is None:
        return None
    rest = path[len(point) :].strip("/")
    try:
        node = lookup(place.files, rest) if rest else place.files.node(place.files.root)
    except FormatError:
        return None
    return (place, node) if node is not None else None


def _of_device(device: str, places: Sequence[Place], disk: str) -> Place | None:
    numbered = _NUMBERED.fullmatch(device)
    for place in places:
        if any(device.lower() == name.lower() for name in place.names):
            return place
        # A name like /dev/sda2 says which disk only as long as nobody moves it: the root's own line is the measure.
        if numbered and place.number == int(numbered[2]) and disk in ("", numbered[1]):
            return place
    return None


def _of_files(places: Sequence[Place]) -> tuple[str, ...]:
    return tuple(f"{_begun(place)}: {told}." for place in places if place.files is not None for told in place.files.told())


def _unread(found: Survey) -> tuple[str, ...]:
    return tuple(
        f"{_begun(place)} was not examined: it holds {_what(place)}."
        for place in found.places
        if place.files is None and place.content.kind not in ("swap", "empty")
    )


def _swap(found: Survey) -> tuple[str, ...]:
    return tuple(f"{_begun(place)} is swap and was left out." for place in found.places if place.content.kind == "swap")


def _begun(place: Place) -> str:
    """A place's name at the begin of a sentence; that of a logical volume stays as it is."""
    return place.name if "/" in place.name else place.name[:1].upper() + place.name[1:]


def _what(place: Place) -> str:
    return f"{place.content.name} ({place.why.rstrip('.')})" if place.why else place.content.name


def _folder(place: Place) -> str:
    return place.names[0] if "/" in place.names[0] else f"partition-{place.names[0]}"
