"""A Python script that has the kernel do one thing by io_uring, without the system call that usually does it.

Numbers and layouts are those of linux/io_uring.h. Text only: nothing is done here.
"""

from __future__ import annotations

OPENAT, CONNECT, RENAMEAT, UNLINKAT = 18, 16, 35, 36
_SETUP, _ENTER, _GET_EVENTS = 425, 426, 1
NOT_LET = 77  # how a script says that the machine does not let it

_SCRIPT = """import ctypes, mmap, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
parameters = ctypes.create_string_buffer(120)
ring = libc.syscall({setup}, 4, parameters)
if ring < 0:
    print("io_uring:", os.strerror(ctypes.get_errno()))
    sys.exit({not_let})
words = struct.unpack("<30I", parameters.raw)
entries, tail, mask, array = words[0], words[11], words[12], words[16]
queue = mmap.mmap(ring, array + 4 * entries, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0)
slots = mmap.mmap(ring, 64 * entries, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0x10000000)
kept = []
def at(data):
    kept.append(ctypes.create_string_buffer(data))
    return ctypes.addressof(kept[-1])
def submit(opcode, fd, offset, address, length, flags=0):
    slots[0:64] = struct.pack("<BBHiQQII", opcode, 0, 0, fd, offset, address, length, flags).ljust(64, b"\\0")
    last = struct.unpack_from("<I", queue, tail)[0]
    struct.pack_into("<I", queue, array + 4 * (last & struct.unpack_from("<I", queue, mask)[0]), 0)
    struct.pack_into("<I", queue, tail, last + 1)
    print(libc.syscall({enter}, ring, 1, 1, {events}, None, 0))
"""


def by_ring(what: str) -> str:
    """The script, with `what` at its end: it may call submit(opcode, fd, offset, address, length, flags) and at(bytes)."""
    return _SCRIPT.format(setup=_SETUP, enter=_ENTER, events=_GET_EVENTS, not_let=NOT_LET) + what
