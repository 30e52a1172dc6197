"""A workload's past under its hardening: which happenings would have been refused. Changes nothing, reads no history itself.

Distinct rows are judged once, however often they happened. What failed anyway, and what the runtime did before the workload
began, counts for nothing; what came from an interactive session is told apart, because it is not the workload.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Sequence

import msgspec
import numpy as np

from periderm.algorithms.path_patterns import Patterns
from periderm.engines.baseline.hardening_doors import own
from periderm.engines.baseline.hardening_folders import under
from periderm.model.event import EventBatch, EventFlag, EventKind, Origin
from periderm.model.hardening import Door, Hardening, Measure, Proof, Refused
from periderm.model.system_calls import capability_name, system_call_name

MOST_REFUSED = 1000
KINDS = (
    *(EventKind.EXEC, EventKind.OPEN, EventKind.CONNECT, EventKind.ACCEPT, EventKind.BIND, EventKind.LISTEN, EventKind.SETNS),
    *(EventKind.UNSHARE, EventKind.MOUNT, EventKind.PTRACE, EventKind.BPF, EventKind.MODULE, EventKind.MEMFD, EventKind.CHMOD),
    *(EventKind.SETUID, EventKind.CHROOT, EventKind.PROCESS_VM, EventKind.SYSCALL32, EventKind.SOCKET, EventKind.RENAME),
    *(EventKind.UNLINK, EventKind.LINK, EventKind.SYMLINK, EventKind.MKDIR, EventKind.TRUNCATE, EventKind.CHOWN),
    *(EventKind.SETGID, EventKind.USERFAULTFD, EventKind.KEYCTL, EventKind.SYSCALL_USED, EventKind.CAPABILITY_USED),
)
# By which system calls a row of a kind can have come about (x86-64 and arm64 names).
_CALLS: dict[EventKind, frozenset[str]] = {
    kind: frozenset(names.split())
    for kind, names in {
        EventKind.CONNECT: "connect sendto sendmsg sendmmsg",
        EventKind.ACCEPT: "accept accept4",
        EventKind.BIND: "bind",
        EventKind.LISTEN: "listen",
        EventKind.SETNS: "setns",
        EventKind.UNSHARE: "unshare clone clone3",
        EventKind.MOUNT: "mount move_mount fsmount open_tree mount_setattr",
        EventKind.PTRACE: "ptrace",
        EventKind.BPF: "bpf",
        EventKind.MODULE: "init_module finit_module",
        EventKind.MEMFD: "memfd_create memfd_secret",
        EventKind.CHMOD: "chmod fchmod fchmodat fchmodat2",
        EventKind.CHROOT: "chroot",
        EventKind.PROCESS_VM: "process_vm_readv process_vm_writev",
        EventKind.SOCKET: "socket socketpair",
        EventKind.RENAME: "rename renameat renameat2",
        EventKind.UNLINK: "unlink unlinkat rmdir",
        EventKind.LINK: "link linkat",
        EventKind.SYMLINK: "symlink symlinkat",
        EventKind.MKDIR: "mkdir mkdirat",
        EventKind.TRUNCATE: "truncate ftruncate",
        EventKind.CHOWN: "chown fchown lchown fchownat",
        EventKind.USERFAULTFD: "userfaultfd",
        EventKind.KEYCTL: "keyctl add_key request_key",
    }.items()
}
_CHANGES = frozenset(
    (
        *(EventKind.CHMOD, EventKind.RENAME, EventKind.UNLINK, EventKind.LINK, EventKind.SYMLINK, EventKind.MKDIR),
        *(EventKind.TRUNCATE, EventKind.CHOWN),
    )
)
_MEANT = frozenset(
    (  # kinds whose first argument decides; of others it is a number that changes each time
        *(
            EventKind.OPEN,
            EventKind.SETUID,
            EventKind.SETGID,
            EventKind.SYSCALL_USED,
            EventKind.CAPABILITY_USED,
            EventKind.CHOWN,
        ),
        *(EventKind.SOCKET, EventKind.UNSHARE, EventKind.SETNS),
    )
)
_SESSION = EventFlag.EXEC_SESSION | EventFlag.FOREIGN
_KERNELS = ("/proc/", "/sys/", "/dev/")
_WRITES = 0o3 | 0o1000  # O_ACCMODE, O_TRUNC
_O_PATH = 0o10000000
_INTERNET = (2, 10)
_DNS = 53
_EINPROGRESS = -115  # a connection that is being made
_KEY = ["kind", "subject", "exe", "comm", "text", "arg0", "uid", "gid", "port", "family", "flags", "origin", "ret"]


class _Row(msgspec.Struct, frozen=True):
    """What of a row decides. `arg0` is 0 where it does not."""

    kind: EventKind
    exe: str
    text: str
    arg0: int
    uid: int
    gid: int
    port: int
    family: int
    flags: int
    compat: bool


class Replay:
    """Fed with batches in any order, asked once. `calls` are all system calls that the profile lets pass; subjects are asset
    ids of the workload's containers."""

    def __init__(self, hardening: Hardening, calls: Collection[str], subjects: Collection[str]) -> None:
        self._asked = hardening
        self._calls = frozenset(calls) if hardening.system_calls is not None else None
        self._subjects = frozenset(subjects)
        self._programs = Patterns(sorted({program.split(" ")[0] for program in hardening.programs}))
        self._writable = tuple(place.path for place in hardening.writable)
        self._writes = Patterns(hardening.writes)
        self._found: dict[tuple[Measure, str, str, bool], list[int]] = {}
        self._containers: set[str] = set()
        self._events = 0
        self._whole = True

    def feed(self, batch: EventBatch) -> None:
        """Judges the rows of the workload in the batch."""
        mine = np.asarray([s.id in self._subjects for s in batch.subjects], dtype=bool)
        rows = batch.rows[mine[batch.rows["subject"]]]
        if not len(rows):
            return
        self._containers.update(batch.subjects[int(n)].id for n in np.unique(rows["subject"]))
        self._events += int(rows["count"].sum())
        keys = rows[_KEY].copy()
        keys["arg0"][~np.isin(keys["kind"], [int(kind) for kind in _MEANT])] = 0
        _, firsts, places = np.unique(keys, return_index=True, return_inverse=True)
        counts = np.bincount(places, weights=rows["count"]).astype(np.int64)
        first = np.full(len(firsts), np.iinfo(np.int64).max)
        last = np.zeros(len(firsts), np.int64)
        np.minimum.at(first, places, rows["time"])
        np.maximum.at(last, places, rows["time"])
        for number, index in enumerate(firsts.tolist()):
            row = _row(keys[index : index + 1].tolist()[0], batch.strings)
            if row is None:
                continue
            session = bool(row.flags & _SESSION)
            for measure, what in self._refusals(row):
                self._add((measure, row.exe, what, session), int(counts[number]), int(first[number]), int(last[number]))

    def proof(self, since: int, until: int, *, whole: bool = True) -> Proof:
        """What came of it, the most frequent first."""
        refused = [
            Refused(measure=measure, program=exe, what=what, session=session, count=count, first=first, last=last)
            for (measure, exe, what, session), (count, first, last) in self._found.items()
        ]
        refused.sort(key=lambda r: (r.session, -r.count, r.measure, r.program, r.what))
        return Proof(
            since=since,
            until=until,
            events=self._events,
            containers=len(self._containers),
            refused=tuple(refused),
            whole=whole and self._whole,
        )

    def _add(self, key: tuple[Measure, str, str, bool], count: int, first: int, last: int) -> None:
        old = self._found.get(key)
        if old is not None:
            old[:] = [old[0] + count, min(old[1], first), max(old[2], last)]
        elif len(self._found) < MOST_REFUSED:
            self._found[key] = [count, first, last]
        else:
            self._whole = False

    def _refusals(self, row: _Row) -> Iterator[tuple[Measure, str]]:
        """Which measures refuse a row, and what of it."""
        if self._calls is not None and (call := self._call(row)):
            yield Measure.SYSTEM_CALLS, call
        if self._asked.capabilities is not None and (power := _power(row)) and power not in self._asked.capabilities:
            yield Measure.CAPABILITIES, power
        if path := _changed(row):
            if self._asked.read_only and not under(path, self._writable):
                yield Measure.READ_ONLY, path
            elif self._writes.find(path) is None and not under(path, self._writable):
                yield Measure.PROGRAMS, path
        if row.kind is EventKind.EXEC:
            yield from self._started(row)
        elif row.family in _INTERNET and self._asked.watched_network:
            yield from self._talked(row)

    def _call(self, row: _Row) -> str:
        """The system call that the profile would refuse; '' if it lets the row pass."""
        assert self._calls is not None  # noqa: S101 -- the caller looked; this tells mypy
        if row.kind is EventKind.SYSCALL32 or (row.compat and row.kind is EventKind.SYSCALL_USED):
            return "" if self._asked.compat else "32-bit"
        if row.kind is EventKind.SYSCALL_USED:
            name = system_call_name(row.arg0)
            return "" if name in self._calls else name
        if row.kind is EventKind.SOCKET and row.arg0 not in self._asked.families:
            return f"socket({row.arg0})"
        if row.kind is EventKind.UNSHARE and not self._asked.namespaces:
            return "unshare"
        names = _CALLS.get(row.kind, frozenset())
        return min(names) if names and not names & self._calls else ""

    def _started(self, row: _Row) -> Iterator[tuple[Measure, str]]:
        if self._asked.user is not None and row.uid == 0:
            yield Measure.USER, row.text
        if self._asked.no_new_privileges and row.flags & EventFlag.SETUID_FILE:
            yield Measure.NO_NEW_PRIVILEGES, row.text
        if self._programs.find(row.text) is None:
            yield Measure.PROGRAMS, row.text

    def _talked(self, row: _Row) -> Iterator[tuple[Measure, str]]:
        if own(row.text):
            return
        if row.kind is EventKind.CONNECT and row.port:
            if row.port == _DNS:
                if not self._asked.resolves:
                    yield Measure.NETWORK, "dns"
            elif not any(_reaches(door, row.text, row.port) for door in self._asked.connects):
                yield Measure.NETWORK, f"{row.text} {row.port}"
        elif row.kind is EventKind.ACCEPT and not any(door.port in (0, row.port) for door in self._asked.listens):
            yield Measure.NETWORK, f"port {row.port}"


def _row(values: tuple[int, ...], strings: Sequence[str]) -> _Row | None:
    """None for what failed, or what the runtime did before the workload's first program."""
    kind, _, exe, comm, text, arg0, uid, gid, port, family, flags, origin, ret = values
    if flags & (EventFlag.FAILED | EventFlag.FROM_PROC) or (ret < 0 and ret != _EINPROGRESS and kind != EventKind.SYSCALL_USED):
        return None
    if strings[comm].startswith("runc:["):
        return None
    compat = origin == Origin.COMPAT32
    return _Row(EventKind(kind), strings[exe], strings[text], arg0, uid, gid, port, family, flags, compat)


def _changed(row: _Row) -> str:
    """The path that the row writes or changes; '' if none, or one of the kernel's."""
    writes = row.kind is EventKind.OPEN and row.arg0 & _WRITES and not row.arg0 & _O_PATH
    if not (writes or row.kind in _CHANGES) or not row.text.startswith("/"):
        return ""
    return "" if row.text.startswith(_KERNELS) and not row.text.startswith("/dev/shm/") else row.text  # noqa: S108 -- a name


def _power(row: _Row) -> str:
    """The capability that the row took; '' if none is known to be needed."""
    if row.kind is EventKind.CAPABILITY_USED:
        return capability_name(row.arg0)
    if row.uid == 0 and row.kind is EventKind.SETUID and row.arg0 not in (0, -1):
        return "CAP_SETUID"
    if row.uid == 0 and row.kind is EventKind.SETGID and row.arg0 not in (row.gid, -1):
        return "CAP_SETGID"
    return "CAP_SYS_CHROOT" if row.kind is EventKind.CHROOT else ""


def _reaches(door: Door, address: str, port: int) -> bool:
    if door.port not in (0, port):
        return False
    if door.peer in ("*", address):
        return True
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(door.peer, strict=False)
    except ValueError:
        return False
