"""What rows were found to be before: a row that is like one that was judged costs a look-up, and no judgement.

A row's key is a number made of all of it that a judgement looks at; strings have numbers of their own here, since those of a
batch's table only hold within one generation of it.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.algorithms.argument_shapes import argument_shape
from periderm.algorithms.path_patterns import generalise
from periderm.engines.baseline.causes import Key
from periderm.engines.baseline.observe import FIRST_CLIENT_PORT, O_ACCMODE, O_CREAT, O_EXCL, O_PATH, O_TRUNC
from periderm.engines.baseline.workload import Workload
from periderm.model.behaviour import Behaviour
from periderm.model.event import EventBatch, EventFlag, EventKind, Rows

MOST = 100_000
MOST_STRINGS = 50_000
Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
_MULTIPLIERS = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53],
    np.uint64,
)
_SHIFT = np.uint64(31)
# Kinds whose numbers say what was done; of others they are descriptors, pids, inodes or lengths.
_ARG0: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_ARG0[[EventKind.OPEN, EventKind.CONNECT, EventKind.BIND, EventKind.SETNS, EventKind.UNSHARE, EventKind.CHMOD, EventKind.SETUID,
       EventKind.SETGID, EventKind.CAPSET, EventKind.CREDENTIALS, EventKind.SOCKET, EventKind.SYSCALL_USED,
       EventKind.CAPABILITY_USED]] = True  # fmt: skip
_SOCKET, _OPEN, _SETGID = int(EventKind.SOCKET), int(EventKind.OPEN), int(EventKind.SETGID)
_OPEN_BITS = O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_PATH
# Of these, who is at the other end does not count, and ports that the kernel chose are one.
_DOORS: npt.NDArray[np.bool_] = np.zeros(256, np.bool_)
_DOORS[[EventKind.ACCEPT, EventKind.LISTEN, EventKind.BIND]] = True
_AF_UNIX = 1
_UNTOLD = np.uint32(~int(EventFlag.KNOWN | EventFlag.TRUNCATED) & 0xFFFFFFFF)


class Remembered(msgspec.Struct, gc=False):
    """What a row was: the entries that it is normal by, or the causes that it was told as. `clean` rows are wholly normal."""

    workload: Workload | None
    entries: tuple[Behaviour, ...] = ()
    told: tuple[Key, ...] = ()
    clean: bool = True


class Memo:
    """Keys of rows and what they were."""

    def __init__(self) -> None:
        self._known: dict[int, Remembered] = {}
        self._numbers: dict[str, int] = {"": 0}
        self._generation = -1
        self._translated: Numbers = np.zeros(0, np.int64)  # our number of each string of the table, 0 unknown

    def __len__(self) -> int:
        return len(self._known)

    def enter(self, batch: EventBatch) -> None:
        """This batch comes next."""
        if len(self._numbers) > MOST_STRINGS:
            self._numbers = {"": 0}
            self._known.clear()
            self._generation = -1
        if batch.generation != self._generation:
            self._translated = np.zeros(len(batch.strings), np.int64)
            self._generation = batch.generation
        elif len(batch.strings) > len(self._translated):
            more = np.zeros(2 * len(batch.strings) - len(self._translated), np.int64)
            self._translated = np.concatenate([self._translated, more])

    def keys_of(self, batch: EventBatch, rows: Rows, roles: Numbers) -> Keys:
        """One number for each of these rows of the batch; `roles` says who acts in it."""
        return _keys(rows, roles, self._ours(batch, rows["text"]), self._ours(batch, rows["args"]))

    def _ours(self, batch: EventBatch, column: Rows) -> Numbers:
        numbers: Numbers = self._translated[column]
        unknown = (numbers == 0) & (column != 0)
        if unknown.any():
            for place in np.unique(column[unknown]).tolist():
                self._translated[place] = self._numbers.setdefault(_what_counts(batch.strings[place]), len(self._numbers))
            numbers = self._translated[column]
        return numbers

    def get(self, key: int) -> Remembered | None:
        """What a row of this key was."""
        return self._known.get(key)

    def put(self, key: int, remembered: Remembered) -> None:
        """A row of this key was judged."""
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = remembered

    def drop(self, key: int) -> None:
        """A row of this key is judged again."""
        self._known.pop(key, None)

    def forget(self, workload: Workload | None = None) -> None:
        """What is normal has changed, for one workload or all."""
        if workload is None:
            self._known.clear()
        else:
            self._known = {key: each for key, each in self._known.items() if each.workload is not workload}


def _what_counts(text: str) -> str:
    """Of a path or a command line, what of it `observe` looks at: all files with made-up names are one."""
    if "\0" in text:
        return f"\0{argument_shape(tuple(text.split(chr(0))))}"
    return generalise(text) if text.startswith("/") and not text.startswith("/proc/") else text


def _keys(rows: Rows, roles: Numbers, texts: Numbers, args: Numbers) -> Keys:
    kinds, m = rows["kind"], _MULTIPLIERS
    doors = _DOORS[kinds]
    texts = np.where(doors & (rows["family"] != _AF_UNIX), 0, texts)
    ports = np.where(doors, np.minimum(rows["port"], FIRST_CLIENT_PORT), rows["port"])
    first = np.where(_ARG0[kinds], rows["arg0"], 0)
    first = np.where(kinds == _OPEN, first & _OPEN_BITS, first)
    with np.errstate(over="ignore"):
        key = roles.astype(np.uint64) * m[0]
        key ^= key >> _SHIFT
        key += texts.astype(np.uint64) | args.astype(np.uint64) << np.uint64(32)
        key *= m[1]
        key ^= key >> _SHIFT
        key += first.astype(np.uint64)
        key *= m[2]
        key ^= key >> _SHIFT
        key += np.where(kinds == _SOCKET, rows["arg1"], 0).astype(np.uint64) ^ (rows["ret"].astype(np.uint64) << np.uint64(32))
        key *= m[3]
        key ^= key >> _SHIFT
        key += kinds.astype(np.uint64) | rows["family"].astype(np.uint64) << np.uint64(8)
        key += ports.astype(np.uint64) << np.uint64(24) | (rows["flags"] & _UNTOLD).astype(np.uint64) << np.uint64(40)
        key *= m[4]
        key ^= key >> _SHIFT
        key += rows["uid"].astype(np.uint64) | np.where(kinds == _SETGID, rows["gid"], 0).astype(np.uint64) << np.uint64(32)
        key *= m[5]
    found: Keys = key ^ (key >> _SHIFT)
    return found
