"""A machine on paper for the container runtimes: processes that are only facts, and record files in a folder."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from periderm.ports.proc import ProcessFacts

HOST = 4026531832


class PaperProc:
    """`ports.proc.Proc` of given processes."""

    def __init__(self, *facts: ProcessFacts) -> None:
        self._facts = {f.pid: f for f in facts}

    def facts(self, pid: int) -> ProcessFacts | None:
        """The given facts."""
        return self._facts.get(pid)

    def host_namespace(self) -> int:
        """A usual number."""
        return HOST

    def in_use(self, namespaces: Collection[int]) -> Mapping[int, frozenset[str]]:
        """Nobody uses anything on paper."""
        return {}


def process(pid: int, **changes: object) -> ProcessFacts:
    """A process in a namespace and cgroup of its own."""
    plain = ProcessFacts(pid=pid, started=1_000, cgroup=pid, cgroup_path=f"/x/{pid}", mount_namespace=HOST + pid, owners=(0,))
    return msgspec.structs.replace(plain, **changes)


def put(path: Path, value: object) -> None:
    """Writes a record: bytes as they are, everything else as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
