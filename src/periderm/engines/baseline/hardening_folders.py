"""Which folders a workload writes, and so what a read-only root must leave writable. Looks at no disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.model.asset import Container
from periderm.model.baseline import Entry
from periderm.model.behaviour import Aspect
from periderm.model.hardening import Measure, Note, Writable
from periderm.model.image import ImageConfig
from periderm.model.text import Text

_WRITES = (Aspect.WRITE, Aspect.CREATE)
_KERNELS = ("/proc/", "/sys/", "/dev/")  # the runtime's, whatever the root is
# What is lost with the container without anybody minding.
_PASSING = ("/tmp", "/var/tmp", "/run", "/var/run", "/var/lock", "/var/cache", "/dev/shm")  # noqa: S108 -- names only
# A volume over one of these would hide what the image brought.
_IMAGES_OWN = frozenset(
    {"", "/bin", "/boot", "/etc", "/home", "/lib", "/lib64", "/opt", "/root", "/sbin", "/srv", "/usr", "/var"}
)
_PROGRAM_FOLDERS = ("/bin/", "/boot/", "/etc/", "/lib/", "/lib64/", "/sbin/", "/usr/")
_MOST_NAMED = 4
_KEPT_OPEN = Text(
    "It writes where the image keeps its own files: {paths}. With those moved to a folder of their own the root could be "
    "read-only.",
    "它会写入镜像自身文件所在的位置：{paths}。将这些文件移到单独的目录后，根文件系统即可设为只读。",
)


class Folders(msgspec.Struct, frozen=True):
    """`proposed` whether a read-only root is; `places` are what must stay writable under it."""

    proposed: bool
    places: tuple[Writable, ...]
    notes: tuple[Note, ...]


def writable(entries: Iterable[Entry], config: ImageConfig, container: Container | None) -> Folders:
    """The smallest folders that hold all that was written, the image's volumes and what the host lends included."""
    lent = lent_folders(container)
    wanted = {_slashed(volume): True for volume in config.volumes}
    stuck: list[str] = []
    for path in written(entries):
        if under(path, lent) or (path.startswith(_KERNELS) and not under(path, _PASSING)):
            continue
        folder = _folder(path)
        if folder in _IMAGES_OWN or f"{folder}/".startswith(_PROGRAM_FOLDERS):
            if not under(path, tuple(wanted)):
                stuck.append(path)
        else:
            passing = next((p for p in _PASSING if under(path, (p,))), "")
            wanted.setdefault(passing or folder, not passing)
    places = [Writable(path, lasting) for path, lasting in wanted.items() if not under(path, lent)]
    places = [p for p in places if not any(other.path != p.path and under(p.path, (other.path,)) for other in places)]
    places += [Writable(path, True, True) for path in lent]
    note = (Note(Measure.READ_ONLY, _KEPT_OPEN.fill(paths=", ".join(stuck[:_MOST_NAMED]))),) if stuck else ()
    return Folders(not stuck, tuple(sorted(places)), note)


def written(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Paths and patterns that are written, made, renamed, removed or changed otherwise."""
    found = set()
    for entry in entries:
        behaviour = entry.behaviour
        value = behaviour.value.partition(" ")[2] if behaviour.aspect is Aspect.CHANGE else behaviour.value
        if behaviour.aspect in (*_WRITES, Aspect.CHANGE) and value.startswith("/"):
            found.add(value)
    return tuple(sorted(found))


def lent_folders(container: Container | None) -> tuple[str, ...]:
    """Where the host's folders and volumes are mounted to be written ('source:destination:rw')."""
    if container is None:
        return ()
    return tuple(
        sorted({_slashed(m.split(":")[1]) for m in container.mount_sources if m.count(":") >= 2 and m.endswith(":rw")})
    )


def under(path: str, folders: Sequence[str]) -> bool:
    """Whether the path is one of the folders or lies below one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _slashed(path: str) -> str:
    return "/" + path.strip("/")


def _folder(path: str) -> str:
    """The folder that a write to the path needs, down to the first pattern: '/data/*/x' is '/data'."""
    fixed = path.partition("*")[0]
    return fixed.rpartition("/")[0]
