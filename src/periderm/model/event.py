"""Runtime observations: columnar batches of kernel events, and one row as an object.

A batch crosses rooms, not single events; a row becomes an `Event` only when a detector wants to look at it.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from periderm.model.asset import Container, Node


class EventKind(enum.IntEnum):
    """What happened. The numbers are part of the record format of the sensor and of recordings: never reuse one."""

    NONE = 0
    # a program image was started; text = the file's resolved path, args = argv, arg0 = effective capability bits,
    # arg1 = inode of the pipe on fd 0 (low 32 bits) and on fd 1 (high 32 bits), 0 for none
    EXEC = 1
    EXIT = 2  # a process ended; ret = exit status, arg0 = signal
    FORK = 3  # process = the child, parent = the forking process; arg0 = clone flags
    OPEN = 4  # text = resolved path of the opened file; arg0 = open flags, arg1 = creation mode, ret = 0 or -errno
    CONNECT = 5  # text = peer address or Unix path; port, family; arg0 = socket type
    ACCEPT = 6  # text = peer address; port = local port, arg1 = peer port
    BIND = 7  # text = local address; port, family
    LISTEN = 8  # text = local address; port, family
    SETNS = 9  # arg0 = namespace flags (CLONE_NEW*)
    UNSHARE = 10  # arg0 = flags
    MOUNT = 11  # text = target, raw = source, args = file system type; arg0 = mount flags
    PTRACE = 12  # arg0 = request, arg1 = target pid
    BPF = 13  # arg0 = bpf(2) command
    MODULE = 14  # kernel module load; text = path of the file where known
    MEMFD = 15  # text = name given to memfd_create; arg0 = flags
    CHMOD = 16  # text = path; arg0 = new mode
    SETUID = 17  # arg0 = new user id, uid = the old one
    DUP = 18  # a socket was duplicated to fd 0, 1 or 2; arg0 = new fd, text = peer address, port, family
    CHROOT = 19  # text = new root
    PROCESS_VM = 20  # process_vm_writev/readv; arg0 = 1 for write, arg1 = target pid
    SYSCALL32 = 21  # first 32-bit system call of a process; arg0 = its number in the 32-bit table
    IO_URING = 22  # a process submits by io_uring what the sensor sees only as a submission; arg0 = opcode
    SOCKET = 23  # arg0 = domain, arg1 = type
    RENAME = 24  # text = new path, raw = old path; arg0 = renameat2 flags
    UNLINK = 25  # text = path; arg0 = AT_REMOVEDIR (0x200) for a folder
    LINK = 26  # text = new path, raw = path of the existing file
    SYMLINK = 27  # text = path of the link, raw = what it points at, as written
    MKDIR = 28  # text = path; arg0 = mode
    UTIME = 29  # text = path; arg0 = modification time that was asked for in Unix seconds, -1 for now
    FILE_FLAGS = 30  # text = path; arg0 = FS_*_FL attribute bits (chattr)
    SIGNAL = 31  # arg0 = signal, arg1 = pid of the other process as the host sees it, text = its executable's name
    EXEC_MEMORY = 32  # memory that is or was writable became executable; text = its file or '', arg0 = prot, arg1 = flags
    USERFAULTFD = 33  # arg0 = flags
    TRUNCATE = 34  # text = path; arg0 = length
    CHOWN = 35  # text = path; arg0 = user id, arg1 = group id
    SETGID = 36  # arg0 = new group id, gid = the old one
    CAPSET = 37  # arg0 = new effective capability bits, arg1 = new permitted ones
    CREDENTIALS = 38  # what a task is changed without a call that explains it; arg0 = CredentialChange bits, raw = before
    DNS = 39  # a query; text = the name in lower case, arg0 = its type, arg1 = bytes of the message, raw = the server asked
    UMOUNT = 40  # text = path
    PIVOT_ROOT = 41  # text = new root, raw = where the old one is put
    KEYCTL = 42  # arg0 = operation
    ENVIRONMENT = 43  # at exec, after the EXEC row: text = 'NAME=value' of a variable that changes what programs load
    LIBRARY = 44  # a file outside the system's library folders was mapped executable; text = path
    HOST_STATE = 45  # something that the machine hides or nobody declared; raw = HostState, text = what, args = details
    CONTENT = 46  # a file's content matched; text = path, raw = rule id, args = what matched, arg0 = size in bytes
    CONTAINER = 47  # a container was seen for the first time; its facts are in the subject
    PROCESS_NAME = 48  # prctl(PR_SET_NAME); text = the new name
    TTY_INJECT = 49  # ioctl(TIOCSTI): a character was pushed into a terminal
    CPU_USE = 50  # arg0 = percent of one core, arg1 = seconds over which it was measured
    # the first time that a container used a system call (FAILED: the first time that it was denied or not there); arg0 = its
    # number in the 64-bit table, or by origin COMPAT32 in the 32-bit one: `model.system_calls` names it
    SYSCALL_USED = 51
    CAPABILITY_USED = 52  # the first time that a process used a capability that it has; arg0 = its number


class EventFlag(enum.IntFlag):
    """Facts that the kernel side or the attribution stage adds to a row."""

    UPPER = 1  # the file lies in the writable upper layer of the container's overlay: the image did not bring it
    TTY = 2  # the process has a controlling terminal
    MEMORY_BACKED = 4  # the executed file has no place in a file system (memfd, deleted, shm without a link)
    KILLED = 8  # the kernel side killed the process at this event
    WOULD_KILL = 16  # it would have been killed if its policy were 'enforce'
    FOREIGN = 32  # mount namespace of a container, cgroup of another subject: came by nsenter or setns
    EXEC_SESSION = 64  # descends from a `podman exec` and the like, not from the container's first process
    PATH_UNREADABLE = 128  # the path could not be read; text is empty
    SETUID_FILE = 256  # the executed file has the set-user-id or set-group-id bit
    STDIO_SOCKET = 512  # at exec, fd 0, 1 or 2 is a socket
    TRUNCATED = 1024  # path or arguments were longer than what is carried
    FROM_PROC = 2048  # not seen live: read from /proc when the sensor started
    FAILED = 4096  # the call failed; ret says how
    KNOWN = 8192  # folded in the kernel: `count` more of the same since the last report
    SCRIPT = 16384  # at exec: an interpreter was started for a file that begins with #!; raw = that file
    REFUSED = 32768  # the kernel side or the guard refused the call
    WOULD_REFUSE = 65536  # it would have been refused if its policy were 'enforce'

    def __and__(self, other: int) -> EventFlag:
        """As of every IntFlag, several times as fast: judgement asks for flags more than for anything else."""
        return _flags(int.__and__(self, other))

    __rand__ = __and__


FLAG_BITS = 17


class CredentialChange(enum.IntFlag):
    """What changed in a task (CREDENTIALS rows)."""

    USER = 1
    GROUP = 2
    CAPABILITIES = 4
    MOUNT_NAMESPACE = 8
    PID_NAMESPACE = 16
    USER_NAMESPACE = 32


class HostState(enum.StrEnum):
    """What a look at the machine itself found (HOST_STATE rows)."""

    HIDDEN_MODULE = "hidden-module"  # in the kernel's text or sysfs, not in the list of modules
    HIDDEN_PROCESS = "hidden-process"  # a task of the kernel that /proc does not list
    BPF_PROGRAM = "bpf-program"  # loaded, and by none of the declared programs
    BPF_PIN = "bpf-pin"  # a pinned object that nobody declared
    PRELOAD = "preload"  # /etc/ld.so.preload is there and not empty
    TAINT = "taint"  # the kernel says that it runs foreign code


class Origin(enum.IntEnum):
    """By which entry the call came."""

    SYSCALL = 0
    COMPAT32 = 1
    IO_URING = 2
    TRACEPOINT = 3
    PROC = 4


EVENT_DTYPE: np.dtype[np.void] = np.dtype(
    [
        ("time", "<i8"),  # Unix nanoseconds
        ("process", "<u8"),  # unique on the node, across reuse of pids
        ("parent", "<u8"),
        ("cgroup", "<u8"),
        ("inode", "<u8"),
        ("arg0", "<i8"),
        ("arg1", "<i8"),
        ("pid", "<u4"),  # as the host sees it
        ("ppid", "<u4"),
        ("uid", "<u4"),
        ("gid", "<u4"),
        ("device", "<u4"),
        ("mntns", "<u4"),
        ("flags", "<u4"),
        ("ret", "<i4"),
        ("count", "<u4"),  # how many happenings this row stands for, at least 1
        ("subject", "<u4"),  # index into EventBatch.subjects
        ("exe", "<u4"),  # string: executable of the process that acts
        ("text", "<u4"),  # string: what it acts on, see EventKind
        ("raw", "<u4"),  # string: the same as the caller wrote it
        ("args", "<u4"),  # string: argv joined by NUL
        ("comm", "<u4"),  # string
        ("port", "<u2"),
        ("family", "<u2"),  # AF_UNIX 1, AF_INET 2, AF_INET6 10
        ("kind", "u1"),
        ("origin", "u1"),
    ],
    align=True,
)

Rows = npt.NDArray[np.void]
# Looking up an enumeration's member by its number costs more than all else of making an event.
_kind = functools.lru_cache(maxsize=256)(EventKind)
_flags = functools.lru_cache(maxsize=4096)(EventFlag)
_origin = functools.lru_cache(maxsize=16)(Origin)
OWN_TABLES = 1 << 40  # far above what a sensor counts; from this generation on, each batch's table of strings is its own
Subject = Container | Node


class EventBatch:
    """Rows with the tables that they point into. Not changed after it is made.

    rows: structured array of EVENT_DTYPE, in the order in which the kernel gave them.
    strings: the table that `exe`, `text`, `raw`, `args`, `comm` index; it only grows within one `generation`, so what
        was computed for an index stays true as long as the generation is the same. Index 0 is ''.
    subjects: what `subject` indexes; index 0 is the node itself.
    """

    __slots__ = ("generation", "rows", "strings", "subjects")

    def __init__(self, rows: Rows, strings: Sequence[str], subjects: Sequence[Subject], generation: int = 0) -> None:
        self.rows = rows
        self.strings = strings
        self.subjects = subjects
        self.generation = generation

    def __len__(self) -> int:
        return len(self.rows)

    def event(self, index: int) -> Event:
        """Row `index` as an object."""
        row = self.rows[index].item()
        (time, process, parent, cgroup, inode, arg0, arg1, pid, ppid, uid, gid, device, mntns, flags, ret, count) = row[:16]
        (subject, exe, text, raw, args, comm, port, family, kind, origin) = row[16:26]
        strings = self.strings
        joined = strings[args]
        return Event(
            kind=_kind(kind),
            time=time,
            process=process,
            parent=parent,
            pid=pid,
            ppid=ppid,
            uid=uid,
            gid=gid,
            exe=strings[exe],
            comm=strings[comm],
            text=strings[text],
            raw=strings[raw],
            argv=tuple(joined.split("\0")) if joined else (),
            arg0=arg0,
            arg1=arg1,
            ret=ret,
            port=port,
            family=family,
            flags=_flags(flags),
            origin=_origin(origin),
            inode=inode,
            device=device,
            cgroup=cgroup,
            mntns=mntns,
            count=count,
            subject=self.subjects[subject],
        )


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One happening. Fields as in EVENT_DTYPE, strings and subject resolved."""

    kind: EventKind
    subject: Subject
    time: int = 0
    process: int = 0
    parent: int = 0
    pid: int = 0
    ppid: int = 0
    uid: int = 0
    gid: int = 0
    exe: str = ""
    comm: str = ""
    text: str = ""
    raw: str = ""
    argv: tuple[str, ...] = ()
    arg0: int = 0
    arg1: int = 0
    ret: int = 0
    port: int = 0
    family: int = 0
    flags: EventFlag = EventFlag(0)
    origin: Origin = Origin.SYSCALL
    inode: int = 0
    device: int = 0
    cgroup: int = 0
    mntns: int = 0
    count: int = 1

    def has(self, flag: EventFlag) -> bool:
        """Whether the flag is set."""
        return int.__and__(self.flags, flag) != 0  # the operator would make a flag first


class Tick(msgspec.Struct, frozen=True):
    """Time has passed: `time` is Unix nanoseconds. The only way in which a judgement learns of absence or expiry."""

    time: int


class SensorCounters(msgspec.Struct, frozen=True, kw_only=True):
    """Totals since the sensor was loaded, so that what was not seen is counted.

    seen: events that the kernel side looked at; sent: records written to the ring; folded: duplicates counted in the
    kernel; lost: records dropped because the ring was full; unreadable: paths that could not be read; other: syscall
    variants and submissions seen but not decoded, by name; killed: processes killed in the kernel.
    """

    seen: int = 0
    sent: int = 0
    folded: int = 0
    filtered: int = 0
    lost: int = 0
    unreadable: int = 0
    truncated: int = 0
    killed: int = 0
    other: dict[str, int] = {}


class SensorCapability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the kernel side can or cannot do here: `missing` is '' or one sentence why not and how to get it."""

    name: str
    works: bool
    missing: str = ""
