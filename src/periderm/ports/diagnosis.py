"""What can be read of a machine without changing it, and the product's own leftovers on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from periderm.model.diagnosis import Orphan


class MachineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts, not judgements. Sizes are bytes; -1 is unlimited. A program that is not there is ''. `fanotify` is '' if calls
    may be made to wait for an answer, else the kernel's word.

    `bpf` is '' if the bpf(2) call works for this process, else the kernel's word. `capabilities` are the names that
    matter and that are held. `cgroup` is 'v2', 'hybrid', 'v1' or ''. `port_state` is 'free', 'ours' or 'taken'.
    `running` are (pid, role) of the product's processes. `modules_missing` are Python modules that cannot be imported.
    """

    root: bool
    os_ids: tuple[str, ...]
    os_name: str
    kernel: str
    architecture: str
    btf: bool
    bpf: str
    libbpf: bool
    bpffs: bool
    bpf_object: str
    capabilities: tuple[str, ...]
    memlock: int
    lsm: tuple[str, ...]
    cgroup: str
    programs: dict[str, str]
    modules_missing: tuple[str, ...]
    state: str
    state_writable: bool
    disk_free: int
    port: int
    port_state: str
    running: tuple[tuple[int, str], ...]
    fanotify: str = ""


class MachineProbe(Protocol):
    """Looks; changes nothing, needs no root."""

    def facts(self) -> MachineFacts:
        """What is so now."""
        ...


class Leftovers(Protocol):
    """Things of ours that a crash can leave behind."""

    def find(self) -> Sequence[Orphan]:
        """What is there; of no use to anybody if no process of ours runs."""
        ...

    def remove(self) -> Sequence[str]:
        """Removes it all; says what was removed. Raises a PeridermError if something cannot be removed."""
        ...
