"""The distribution's libbpf.so.1 by ctypes: the few calls that the sensor needs, with errors as SensorError.

Knows nothing of our program; does not decide what to load.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterator

from periderm.model.errors import SensorError

LIBRARY = "libbpf.so.1"
LEVEL_DEBUG = 2
MAX_LOG = 4096
INSTALL = "Install the distribution's libbpf (Debian: apt-get install libbpf1)."

_PrintFunction = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_POINTERS = (
    "bpf_object__open_file",
    "bpf_object__next_program",
    "bpf_object__find_program_by_name",
    "bpf_object__find_map_by_name",
    "bpf_program__attach",
    "bpf_program__attach_iter",
)
_NAMES = ("bpf_program__name", "bpf_program__section_name")


class Libbpf:
    """The library, loaded once. `log` collects what it says while an object is opened and loaded."""

    def __init__(self) -> None:
        try:
            self._lib = ctypes.CDLL(LIBRARY, use_errno=True)
        except OSError as error:
            raise SensorError("The kernel sensor needs libbpf.so.1, which is not here.", INSTALL) from error
        libc = ctypes.CDLL(None)
        self._vsnprintf: Callable[..., int] = libc.vsnprintf
        for name in _POINTERS:
            getattr(self._lib, name).restype = ctypes.c_void_p
        for name in _NAMES:
            getattr(self._lib, name).restype = ctypes.c_char_p
        self.log: list[str] = []
        self._printer = _PrintFunction(self._collect)
        self._lib.libbpf_set_print(self._printer)

    def _collect(self, level: int, form: bytes, arguments: int) -> int:
        if level >= LEVEL_DEBUG:
            return 0
        buffer = ctypes.create_string_buffer(4096)
        self._vsnprintf(buffer, ctypes.c_size_t(len(buffer)), form, ctypes.c_void_p(arguments))
        if len(self.log) < MAX_LOG:
            self.log.append(buffer.value.decode("utf-8", "replace").rstrip("\n"))
        return 0

    def cpus(self) -> int:
        """CPUs that a per-CPU map has values for."""
        return self.call("libbpf_num_possible_cpus")

    def call(self, name: str, *arguments: object) -> int:
        """The function's number, or -errno (libbpf 1.x)."""
        return int(getattr(self._lib, name)(*arguments))

    def pointer(self, name: str, *arguments: object) -> int:
        """The function's pointer; 0 where it gave none or an error."""
        value = getattr(self._lib, name)(*arguments) or 0
        return int(value)

    def text(self, name: str, pointer: int) -> str:
        """A name that the library owns."""
        value: bytes = getattr(self._lib, name)(ctypes.c_void_p(pointer)) or b""
        return value.decode()

    def programs(self, handle: int) -> Iterator[tuple[str, int]]:
        """(name, pointer) of each program of an object."""
        program = 0
        while program := self.pointer("bpf_object__next_program", ctypes.c_void_p(handle), ctypes.c_void_p(program)):
            yield self.text("bpf_program__name", program), program

    def get_pinned(self, path: str) -> int:
        """Descriptor of what is pinned at `path`; raises SensorError."""
        descriptor = self.call("bpf_obj_get", path.encode())
        if descriptor < 0:
            raise SensorError(f"{path} cannot be opened: {os.strerror(-descriptor)}.", "Run `periderm doctor --clean`.")
        return descriptor


class Map:
    """A map by its descriptor. Keys and values are bytes in the layout of the C structures."""

    def __init__(self, library: Libbpf, descriptor: int, key_bytes: int, value_bytes: int) -> None:
        self._library = library
        self.descriptor = descriptor
        self._key_bytes = key_bytes
        self._value_bytes = value_bytes

    def get(self, key: bytes) -> bytes | None:
        """The value, or None."""
        value = ctypes.create_string_buffer(self._value_bytes)
        return value.raw if self._library.call("bpf_map_lookup_elem", self.descriptor, key, value) == 0 else None

    def put(self, key: bytes, value: bytes) -> None:
        """Writes; raises SensorError where the map is full."""
        code = self._library.call("bpf_map_update_elem", self.descriptor, key, value, ctypes.c_uint64(0))
        if code < 0:
            raise SensorError(f"A map of the kernel side refuses an entry: {os.strerror(-code)}.", "Watch fewer subjects.")

    def remove(self, key: bytes) -> None:
        """Deletes; a key that is not there is fine."""
        self._library.call("bpf_map_delete_elem", self.descriptor, key)

    def keys(self) -> list[bytes]:
        """All keys that are there at this moment, a million at most."""
        found: list[bytes] = []
        key: bytes | None = None
        after = ctypes.create_string_buffer(self._key_bytes)
        while self._library.call("bpf_map_get_next_key", self.descriptor, key, after) == 0 and len(found) < 1 << 20:
            key = after.raw
            found.append(key)
        return found

    def clear(self) -> None:
        """Removes all entries that are there at this moment."""
        for each in self.keys():
            self.remove(each)

    def put_batch(self, keys: bytes, values: bytes, count: int) -> None:
        """Writes many entries in one call; raises SensorError."""
        total = ctypes.c_uint32(count)
        code = self._library.call("bpf_map_update_batch", self.descriptor, keys, values, ctypes.byref(total), None)
        if code < 0:
            raise SensorError(f"The kernel side took {total.value} of {count} entries: {os.strerror(-code)}.")

    def remove_batch(self, keys: bytes, count: int) -> None:
        """Deletes many entries in one call; those that are not there are fine."""
        done = ctypes.c_uint32(count)
        code = self._library.call("bpf_map_delete_batch", self.descriptor, keys, ctypes.byref(done), None)
        if code < 0:  # it stops at the first that is not there
            for at in range(done.value * self._key_bytes, count * self._key_bytes, self._key_bytes):
                self.remove(keys[at : at + self._key_bytes])

    def get_all(self) -> tuple[bytes, bytes]:
        """(keys, values) of all entries, each in one piece. One that comes or goes meanwhile may be missing or there."""
        most = self.entries()
        keys, values = (ctypes.create_string_buffer(most * size) for size in (self._key_bytes, self._value_bytes))
        found = 0
        place, after = ctypes.create_string_buffer(8), ctypes.create_string_buffer(8)
        first = True
        while found < most:
            count = ctypes.c_uint32(most - found)
            code = self._library.call(
                "bpf_map_lookup_batch",
                self.descriptor,
                None if first else place,
                after,
                ctypes.byref(keys, found * self._key_bytes),
                ctypes.byref(values, found * self._value_bytes),
                ctypes.byref(count),
                None,
            )
            found += count.value if code in {0, -errno.ENOENT} else 0
            first = False
            place, after = after, place
            if code != 0:
                break
        return keys.raw[: found * self._key_bytes], values.raw[: found * self._value_bytes]

    def entries(self) -> int:
        """Capacity: entries, or bytes of a ring (max_entries of struct bpf_map_info, its fifth number)."""
        info = (ctypes.c_uint32 * 32)()
        length = ctypes.c_uint32(ctypes.sizeof(info))
        self._library.call("bpf_obj_get_info_by_fd", self.descriptor, info, ctypes.byref(length))
        return int(info[4])

    def close(self) -> None:
        """Closes the descriptor."""
        os.close(self.descriptor)
