"""Which files of each image are in use: looked at now and then, and told only when something is new. Judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from periderm.model.asset import Container
from periderm.model.usage import MOST_PATHS, FilesInUse
from periderm.ports.proc import Proc


class Usage:
    """One thread calls it. Keeps what it has told of each image that runs, so that a quiet container costs no message."""

    def __init__(self, node_id: str, proc: Proc) -> None:
        self._node_id = node_id
        self._proc = proc
        self._told: dict[str, set[str]] = {}
        self._since: dict[str, int] = {}

    def look(
        self, containers: Iterable[Container], now: int, programs: Mapping[str, Collection[str]] = MappingProxyType({})
    ) -> list[FilesInUse]:
        """What is new since the last look. `programs` are files by image digest that were executed meanwhile. An image
        is told once even if nothing of it was found: somebody looked."""
        images = {c.mount_namespace: c.image_digest for c in containers if c.mount_namespace and c.image_digest}
        running = set(images.values())
        for digest in [digest for digest in self._told if digest not in running]:
            del self._told[digest], self._since[digest]
        if not images:
            return []
        found: dict[str, set[str]] = {digest: set() for digest in running}
        for namespace, paths in self._proc.in_use(images).items():
            found[images[namespace]].update(paths)
        for digest in running & programs.keys():
            found[digest].update(programs[digest])
        return [use for digest, paths in sorted(found.items()) if (use := self._new(digest, paths, now)) is not None]

    def _new(self, digest: str, paths: set[str], now: int) -> FilesInUse | None:
        first = digest not in self._told
        told = self._told.setdefault(digest, set())
        since = self._since.setdefault(digest, now)
        new = sorted(paths - told)[: max(0, MOST_PATHS - len(told))]
        if not new and not first:
            return None
        told.update(new)
        return FilesInUse(image_digest=digest, node_id=self._node_id, paths=tuple(new), since=since, time=now)
