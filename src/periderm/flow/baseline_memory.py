"""What an agent keeps of its baselines for the next one: the engine's whole state within one boot of the machine, and the
baselines alone beyond it, since other processes have the old ones' numbers then. Writes nothing itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from periderm.model.baseline import Baseline
from periderm.model.errors import FormatError

if TYPE_CHECKING:
    from periderm.engines.baseline.engine import BaselineEngine

KEEP_NS = 60 * 10**9
VERSION = 1


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """`state` is the engine's snapshot in the boot `boot_id`, `workloads` are those that it knows; `baselines` are there only
    where an agent ended in order, for a later version that cannot read the snapshot."""

    version: int = VERSION
    boot_id: str
    state: bytes
    workloads: tuple[str, ...] = ()
    baselines: tuple[Baseline, ...] = ()


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Memory).decode


def remembered(engine: BaselineEngine, boot_id: str, workloads: Iterable[str], *, ended: bool = False) -> Memory:
    """All that the engine knows; with `ended` also in the form that every version reads."""
    names = tuple(sorted(workloads))
    return Memory(
        boot_id=boot_id, state=engine.snapshot(), workloads=names, baselines=_baselines(engine, names) if ended else ()
    )


def _baselines(engine: BaselineEngine, workloads: Iterable[str]) -> tuple[Baseline, ...]:
    found = (engine.baseline(workload) for workload in workloads)
    return tuple(each for each in found if each is not None)


def to_bytes(memory: Memory) -> bytes:
    """As `from_bytes` takes it."""
    return _encode(memory)


def from_bytes(data: bytes) -> Memory | None:
    """None of what is damaged, of another version, or empty: then the engine begins with what the server has."""
    try:
        memory = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return memory if memory.version == VERSION else None


def take_up(
    engine: BaselineEngine, memory: Memory | None, boot_id: str, another: Callable[[], BaselineEngine]
) -> tuple[str, ...]:
    """The engine goes on where the last agent was; ids of the workloads that it knows. After another boot only with what was
    learned: `another` makes an engine that reads the snapshot for that."""
    if memory is None:
        return ()
    if boot_id and memory.boot_id == boot_id and _restored(engine, memory):
        return memory.workloads
    former = another()
    baselines = _baselines(former, memory.workloads) if _restored(former, memory) else memory.baselines
    for baseline in baselines:
        engine.know(baseline)
    return tuple(baseline.workload_id for baseline in baselines)


def _restored(engine: BaselineEngine, memory: Memory) -> bool:
    try:
        engine.restore(memory.state)
    except FormatError:  # another version of the engine wrote it
        return False
    return True


class Keeper:
    """Hands memories from the thread that makes them to the one that may wait for the disk. `write` writes a file as a whole or
    not at all."""

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._waiting: Memory | None = None
        self._lock = threading.Lock()

    def give(self, memory: Memory) -> None:
        """Takes the place of one that was not written yet."""
        self._waiting = memory

    def write_waiting(self) -> None:
        """What waits. Any thread may call it; one that comes later never writes what is older."""
        with self._lock:
            memory, self._waiting = self._waiting, None
            if memory is not None:
                self._write(to_bytes(memory))
