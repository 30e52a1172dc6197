"""BPF programs and pins of this machine, asked of the kernel by bpf(2), and by /proc where that is not allowed.

Numbers are those of linux/bpf.h. Listing programs needs CAP_SYS_ADMIN: the agent asks once before it gives that up; what is
loaded later is seen by the sensor. Changes nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import re
import struct
from collections.abc import Iterator, Sequence

import msgspec

_CALLS = {"x86_64": 321, "aarch64": 280}
_PROG_GET_NEXT_ID, _PROG_GET_FD_BY_ID, _OBJ_GET_INFO_BY_FD = 11, 13, 15
_ATTR_SIZE = 128
_INFO_SIZE = 80  # up to and with the name
_MOST_PROGRAMS = 10_000
_MOST_DESCRIPTORS = 50_000
_MOST_PINS = 5_000
_MOST_OBJECT = 16 * 1024 * 1024
_WORD = re.compile(rb"\0([A-Za-z_]\w{2,63})(?=\0)")  # a string table holds words between NULs
# enum bpf_prog_type, in its order.
TYPES = (
    "unspec", "socket_filter", "kprobe", "sched_cls", "sched_act", "tracepoint", "xdp", "perf_event", "cgroup_skb",
    "cgroup_sock", "lwt_in", "lwt_out", "lwt_xmit", "sock_ops", "sk_skb", "cgroup_device", "sk_msg", "raw_tracepoint",
    "cgroup_sock_addr", "lwt_seg6local", "lirc_mode2", "sk_reuseport", "flow_dissector", "cgroup_sysctl",
    "raw_tracepoint_writable", "cgroup_sockopt", "tracing", "struct_ops", "ext", "lsm", "sk_lookup", "syscall", "netfilter",
)  # fmt: skip


class Program(msgspec.Struct, frozen=True):
    """One loaded program. `loaded` is nanoseconds since boot; `name` has at most 15 characters and may be empty."""

    number: int
    type: str
    name: str = ""
    uid: int = 0
    loaded: int = 0
    tag: str = ""


class _Kernel:
    """bpf(2) with a buffer for its attribute. Raises OSError."""

    def __init__(self) -> None:
        self._number = _CALLS.get(platform.machine(), 0)
        self._libc = ctypes.CDLL(None, use_errno=True)

    def call(self, command: int, attribute: bytes) -> tuple[int, bytes]:
        if not self._number:
            raise OSError(errno.ENOSYS, "bpf")
        buffer = ctypes.create_string_buffer(attribute.ljust(_ATTR_SIZE, b"\0"), _ATTR_SIZE)
        result = self._libc.syscall(
            ctypes.c_long(self._number), ctypes.c_long(command), ctypes.byref(buffer), ctypes.c_ulong(_ATTR_SIZE)
        )
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result, buffer.raw

    def numbers(self) -> Iterator[int]:
        """Ids of all programs, ascending."""
        number = 0
        for _ in range(_MOST_PROGRAMS):
            try:
                _, answer = self.call(_PROG_GET_NEXT_ID, struct.pack("<II", number, 0))
            except OSError as error:
                if error.errno == errno.ENOENT:
                    return
                raise
            number = struct.unpack_from("<I", answer, 4)[0]
            yield number

    def program(self, number: int) -> Program | None:
        """None if it is gone."""
        try:
            descriptor, _ = self.call(_PROG_GET_FD_BY_ID, struct.pack("<I", number))
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise
        try:
            info = ctypes.create_string_buffer(_INFO_SIZE)
            self.call(_OBJ_GET_INFO_BY_FD, struct.pack("<IIQ", descriptor, _INFO_SIZE, ctypes.addressof(info)))
        finally:
            os.close(descriptor)
        return parse_info(info.raw)


def parse_info(data: bytes) -> Program:
    """The first 80 bytes of `struct bpf_prog_info`."""
    kind, number = struct.unpack_from("<II", data, 0)
    (loaded,) = struct.unpack_from("<Q", data, 40)
    (uid,) = struct.unpack_from("<I", data, 48)
    name = data[64:80].split(b"\0", 1)[0].decode("ascii", "backslashreplace")
    return Program(number, TYPES[kind] if kind < len(TYPES) else str(kind), name, uid, loaded, data[8:16].hex())


def names_in(objects: Sequence[str]) -> frozenset[str]:
    """Names that programs of these object files can have in the kernel: words of the files, cut to 15 characters. What
    cannot be read has none."""
    found: set[str] = set()
    for path in objects:
        try:
            with open(path, "rb") as file:
                data = file.read(_MOST_OBJECT)
        except OSError:
            continue
        found.update(match[1][:15].decode() for match in _WORD.finditer(data))
    return frozenset(found)


def programs() -> tuple[Program, ...]:
    """All that the kernel lists. Raises OSError (EPERM without CAP_SYS_ADMIN, ENOSYS where there is no bpf)."""
    kernel = _Kernel()
    return tuple(found for number in kernel.numbers() if (found := kernel.program(number)) is not None)


def held(proc: str = "/proc") -> frozenset[int]:
    """Ids of programs that a process holds: by a descriptor of the program, or of a link of it (`prog_id` of fdinfo)."""
    found: set[int] = set()
    looked = 0
    for pid in _names(proc):
        if not pid.isdecimal():
            continue
        for name in _names(f"{proc}/{pid}/fd"):
            looked += 1
            if looked > _MOST_DESCRIPTORS:
                return frozenset(found)
            try:
                if "bpf" in os.readlink(f"{proc}/{pid}/fd/{name}"):
                    found.update(_program_of(f"{proc}/{pid}/fdinfo/{name}"))
            except OSError:
                continue
    return frozenset(found)


def _program_of(path: str) -> Iterator[int]:
    with open(path, "rb") as file:
        for line in file.read(4096).splitlines():
            key, _, value = line.partition(b":")
            if key == b"prog_id" and value.strip().isdigit():
                yield int(value)


def pins(root: str = "/sys/fs/bpf") -> tuple[str, ...]:
    """Paths of pinned objects; the kernel's own iterators (`*.debug`) are left out."""
    found: list[str] = []
    folders = [root]
    while folders and len(found) < _MOST_PINS:
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif not entry.name.endswith(".debug"):
                        found.append(entry.path)
        except OSError:
            continue
    return tuple(sorted(found)[:_MOST_PINS])


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
