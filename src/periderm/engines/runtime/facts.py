"""What the engine keeps of an image's inventory: who owns each executable, where secrets lie, which files are shells."""

from __future__ import annotations

import re

import msgspec

from periderm.engines.runtime import programs
from periderm.model.asset import Container
from periderm.model.event import Event, Subject
from periderm.model.image import ImageInventory
from periderm.model.labels import BUILD
from periderm.model.text import encodable


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`owners` maps absolute paths of executables to the owning package's name ('' if unowned). `shells` are paths whose
    content is that of a shell under another name. `complete` is false if a limit left something out of the inventory:
    then absence from `owners` proves nothing."""

    digest: str
    owners: dict[str, str]
    secrets: frozenset[str]
    shells: frozenset[str]
    complete: bool

    def brought(self, path: str) -> bool:
        """Whether the image has an executable of this path (a merged /usr counts for both ways of writing it)."""
        return path in self.owners or other_way(path) in self.owners

    def package(self, path: str) -> str:
        """The package that owns the executable, '' if none."""
        return self.owners.get(path) or self.owners.get(other_way(path), "")


_MERGED = re.compile(r"(/usr)?/(?:bin|sbin|lib|lib32|lib64|libx32)/")


def other_way(path: str) -> str:
    """The same path with or without a leading /usr, where file systems merge the two."""
    merged = _MERGED.match(path)
    if merged is None:
        return path
    return path[4:] if merged[1] else f"/usr{path}"


def absolute(path: str) -> str:
    """Inventory paths are relative to the image's root; here they begin with it and can be encoded."""
    return encodable("/" + path.lstrip("/"))


def in_volume(path: str, container: Container) -> str:
    """The mount of the container that the path lies below, or ''. The runtimes tell mounts as `source:destination`."""
    places = (mount.split(":")[1] if ":" in mount else mount for mount in container.mounts)
    return next((place for place in places if place not in ("", "/") and path.startswith(place.rstrip("/") + "/")), "")


_STEP_ROOT = re.compile(r"/(?:[^/\0]+/)*buildah\d+/mnt/rootfs(?=/|$)")


def step_path(path: str, subject: Subject) -> str:
    """A path as the step of a build itself sees it: its root is a folder of the host, by which the kernel names its files.
    Paths of other subjects stay, whatever they look like."""
    if "/mnt/rootfs" not in path or not isinstance(subject, Container) or subject.labels.get(BUILD) != "true":
        return path
    found = _STEP_ROOT.match(path)
    return path if found is None else path[found.end() :] or "/"


def in_step(event: Event) -> Event:
    """An event of a build's step with the paths that the step sees; any other event as it is."""
    if not isinstance(event.subject, Container) or event.subject.labels.get(BUILD) != "true":
        return event
    exe, text, raw = (step_path(path, event.subject) for path in (event.exe, event.text, event.raw))
    if (exe, text, raw) == (event.exe, event.text, event.raw):
        return event
    return msgspec.structs.replace(event, exe=exe, text=text, raw=raw)


def facts_of(inventory: ImageInventory) -> ImageFacts:
    """The facts of one inventory. Two files with one digest, one of them named as a shell, are both shells."""
    digests = {file.sha256 for file in inventory.executables if file.sha256 and programs.base(file.path) in programs.SHELLS}
    return ImageFacts(
        digest=inventory.digest,
        owners={absolute(file.path): encodable(file.package) for file in inventory.executables},
        secrets=frozenset(absolute(path) for path in inventory.secret_paths),
        shells=frozenset(
            absolute(file.path)
            for file in inventory.executables
            if file.sha256 in digests and programs.base(file.path) not in programs.SHELLS | programs.MULTICALL
        ),
        complete=not inventory.not_examined and bool(inventory.executables),
    )
