"""What the kernel tells about a process that runs: the facts by which containers and responses are tied to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec


class ProcessFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One process at one moment. `started` is Unix nanoseconds (to a clock tick, 10 ms); `cgroup` the inode of its v2
    directory (0 without v2), `cgroup_path` that directory below the mount point; `owners` the host's user ids that
    its user namespace maps; `runtime`, `container_id` and `pod_uid` what its cgroup paths say."""

    pid: int
    started: int
    cgroup: int = 0
    cgroup_path: str = ""
    mount_namespace: int = 0
    overlay_upper: str = ""
    runtime: str = ""
    container_id: str = ""
    pod_uid: str = ""
    unit: str = ""
    owners: tuple[int, ...] = ()


class Proc(Protocol):
    """Reads; changes nothing. What is gone or may not be read is None or empty, not an error."""

    def facts(self, pid: int) -> ProcessFacts | None:
        """None if there is no such process (any more)."""
        ...

    def host_namespace(self) -> int:
        """The mount namespace of the machine's first process (of ours, where that may not be read)."""
        ...

    def in_use(self, namespaces: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Files that processes of these mount namespaces execute, have mapped, or hold open as archives (jars and the
        like), relative to their root. Bounded; a process that may not be read is left out."""
        ...
