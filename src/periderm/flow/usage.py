"""Which files of each image are in use, and what listens in its containers: looked at now and then, and told only when
something is new. Judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from periderm.model.asset import Container
from periderm.model.usage import MOST_PATHS, MOST_SOCKETS, FilesInUse
from periderm.ports.listening import Listening
from periderm.ports.proc import Proc


class Usage:
    """One thread calls it. Keeps what it has told of each image that runs, so that a quiet container costs no message."""

    def __init__(self, node_id: str, proc: Proc, sockets: Listening | None = None) -> None:
        self._node_id = node_id
        self._proc = proc
        self._sockets = sockets
        self._heard: dict[str, frozenset[str]] = {}
        self._told: dict[str, set[str]] = {}
        self._since: dict[str, int] = {}

    def look(
        self, containers: Iterable[Container], now: int, programs: Mapping[str, Collection[str]] = MappingProxyType({})
    ) -> list[FilesInUse]:
        """What is new since the last look. `programs` are files by image digest that were executed meanwhile. An image
        is told once even if nothing of it was found: somebody looked."""
        containers = tuple(containers)
        images = {c.mount_namespace: c.image_digest for c in containers if c.mount_namespace and c.image_digest}
        running = set(images.values())
        for digest in [digest for digest in self._told if digest not in running]:
            del self._told[digest], self._since[digest]
            self._heard.pop(digest, None)
        if not images:
            return []
        found: dict[str, set[str]] = {digest: set() for digest in running}
        for namespace, paths in self._proc.in_use(images).items():
            found[images[namespace]].update(paths)
        for digest in running & programs.keys():
            found[digest].update(programs[digest])
        heard = self._listening(containers)
        told = (self._new(digest, paths, heard.get(digest), now) for digest, paths in sorted(found.items()))
        return [use for use in told if use is not None]

    def _listening(self, containers: Iterable[Container]) -> dict[str, frozenset[str]]:
        """What listens, by image digest. A container in the host's network shows the host's sockets, which are not its own."""
        found: dict[str, frozenset[str]] = {}
        for container in containers:
            if self._sockets is None or not container.pid or "network" in container.host_namespaces:
                continue
            places = self._sockets.listening(container.pid)
            if places is not None:
                found[container.image_digest] = found.get(container.image_digest, frozenset()) | places
        return found

    def _new(self, digest: str, paths: set[str], heard: frozenset[str] | None, now: int) -> FilesInUse | None:
        first = digest not in self._told
        told = self._told.setdefault(digest, set())
        since = self._since.setdefault(digest, now)
        new = sorted(paths - told)[: max(0, MOST_PATHS - len(told))]
        known = self._heard.get(digest)
        unheard = heard is not None and (known is None or not heard <= known)
        if not new and not first and not unheard:
            return None
        told.update(new)
        if heard is not None:
            self._heard[digest] = heard = heard | (known or frozenset())
        return FilesInUse(
            image_digest=digest,
            node_id=self._node_id,
            paths=tuple(new),
            since=since,
            time=now,
            listening=tuple(sorted(heard)[:MOST_SOCKETS]) if heard is not None else None,
        )
