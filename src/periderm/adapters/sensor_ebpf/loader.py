"""Loads and attaches the kernel side, or adopts what an earlier agent left pinned.

What cannot be loaded here is left out with its reason, as long as exec and system calls work.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from periderm.adapters.sensor_ebpf import layout
from periderm.adapters.sensor_ebpf.libbpf import Libbpf, Map
from periderm.adapters.sensor_ebpf.pins import PinFolder
from periderm.model.errors import SensorError
from periderm.model.event import SensorCapability

MAX_ATTEMPTS = 12


class KernelSide:
    """Maps by name, and what works. `adopted`: the programs were running already."""

    def __init__(self, maps: dict[str, Map], capabilities: Sequence[SensorCapability], *, adopted: bool) -> None:
        self.maps = maps
        self.capabilities = tuple(capabilities)
        self.adopted = adopted

    def close(self) -> None:
        """Closes our descriptors; pins stay."""
        for each in self.maps.values():
            each.close()


def object_version(path: Path) -> int:
    """A number that differs for each build of the object."""
    return int.from_bytes(hashlib.blake2b(path.read_bytes(), digest_size=7).digest(), "little")


def _pinned_map(library: Libbpf, folder: PinFolder, name: str) -> Map:
    key, value = layout.MAPS[name]
    many = library.cpus() if name in layout.PER_CPU else 1
    return Map(library, library.get_pinned(folder.entry(f"map_{name}")), key, value * many)


def adopt(library: Libbpf, folder: PinFolder, version: int) -> KernelSide | None:
    """What an earlier agent left running, if it is whole and of the same build."""
    names = set(folder.names())
    wanted = {f"link_{name}" for name in layout.ESSENTIAL} | {f"map_{name}" for name in layout.MAPS}
    if not wanted <= names:
        return None
    maps = {name: _pinned_map(library, folder, name) for name in layout.MAPS}
    control = maps["control"].get(struct.pack("<I", 0)) or b""
    side = KernelSide(maps, capabilities_of(names, maps["handlers"]), adopted=True)
    if len(control) < layout.CONTROL_BYTES or struct.unpack_from("<Q", control, 32)[0] != version:
        side.close()
        return None
    return side


def capabilities_of(pinned: set[str], handlers: Map) -> list[SensorCapability]:
    """What an adopted side can do, from its pins and from the calls that have a program."""
    refused = "The kernel refused it when the sensor was loaded."
    working = {title: f"link_{name}" in pinned for name, title in layout.ATTACHED.items()}
    working |= {
        name: handlers.get(struct.pack("<I", [*native, *(layout.COMPAT_BASE + each for each in compat)][0])) is not None
        for name, (native, compat) in layout.HANDLERS.items()
    }
    working["credentials"] = layout.WALK in pinned
    working[layout.CALLS_USED] = handlers.get(struct.pack("<I", layout.ENTRIES["call_used"])) is not None
    working["32-bit entry"] = handlers.get(struct.pack("<I", layout.COMPAT_ENTRY)) is not None
    return [SensorCapability(name=name, works=works, missing="" if works else refused) for name, works in working.items()]


def load(
    library: Libbpf,
    path: Path,
    folder: PinFolder,
    sizes: dict[str, int],
    control: bytes,
    *,
    without: Mapping[str, str] | None = None,
) -> KernelSide:
    """Opens, loads, pins and attaches. `sizes`: entries (bytes for the ring) of maps; `control`: the first value of
    that map; `without`: programs that are left out, with the reason. Raises SensorError."""
    refused: dict[str, str] = dict(without or {})
    for _ in range(MAX_ATTEMPTS):
        library.log.clear()
        handle = _open(library, path)
        _resize(library, handle, sizes)
        spare = {other for name, other in layout.ALTERNATIVES.items() if name not in refused}
        for name, program in library.programs(handle):
            if name in refused or name in spare:
                library.call("bpf_program__set_autoload", ctypes.c_void_p(program), ctypes.c_bool(False))
        code = library.call("bpf_object__load", ctypes.c_void_p(handle))
        if code == 0:
            return _attach(library, handle, folder, refused, control)
        culprit = _culprit(library.log)
        library.call("bpf_object__close", ctypes.c_void_p(handle))
        if any("'bpf_rdonly_cast': not found" in line for line in library.log) and path.with_suffix(".old.o").exists():
            path = path.with_suffix(".old.o")  # the variant for kernels before 6.2
            continue
        if culprit is None or culprit in refused or culprit in layout.ESSENTIAL - layout.ALTERNATIVES.keys():
            raise SensorError(f"The kernel refuses the sensor: {explain(library.log, code)}", "Run `periderm doctor`.")
        refused[culprit] = explain(library.log, code)
    raise SensorError("The kernel refuses too many of the sensor's programs.", "Run `periderm doctor`.")


def _open(library: Libbpf, path: Path) -> int:
    handle = library.pointer("bpf_object__open_file", str(path).encode(), None)
    if not handle or handle > (1 << 64) - 4096:
        raise SensorError(f"The kernel program {path} cannot be read.", "Build it again: make build")
    return handle


def _resize(library: Libbpf, handle: int, sizes: dict[str, int]) -> None:
    for name, entries in sizes.items():
        each = library.pointer("bpf_object__find_map_by_name", ctypes.c_void_p(handle), name.encode())
        library.call("bpf_map__set_max_entries", ctypes.c_void_p(each), ctypes.c_uint32(entries))


def _culprit(log: Sequence[str]) -> str | None:
    """The program that libbpf names as failed."""
    for line in reversed(log):
        if found := re.search(r"prog '(\w+)': (?:failed to load|BPF program load failed|failed to find)", line):
            return found[1]
    return None


def explain(log: Sequence[str], code: int) -> str:
    """One sentence out of what libbpf and the verifier said."""
    for line in reversed(log):
        if missing := re.search(r"failed to find kernel BTF type ID of '(\w+)'", line):
            return f"the kernel has no tracepoint {missing[1]}."
        if "failed to find valid kernel BTF" in line:
            return "the kernel has no BTF (/sys/kernel/btf/vmlinux)."
    said = [
        line for text in log for line in text.splitlines() if line and not line.startswith(("libbpf", ";", "processed", "--"))
    ]
    return f"{os.strerror(abs(code))}{': ' + said[-1][:200] if said else ''}."


def _attach(library: Libbpf, handle: int, folder: PinFolder, refused: dict[str, str], control: bytes) -> KernelSide:
    maps: dict[str, Map] = {}
    for name in layout.MAPS:
        each = library.pointer("bpf_object__find_map_by_name", ctypes.c_void_p(handle), name.encode())
        code = library.call("bpf_map__pin", ctypes.c_void_p(each), folder.entry(f"map_{name}").encode())
        if code < 0:
            raise SensorError(f"A map cannot be pinned below {folder.path}: {os.strerror(-code)}.", "Is it on bpffs?")
        maps[name] = _pinned_map(library, folder, name)
    maps["control"].put(struct.pack("<I", 0), control)
    programs = dict(library.programs(handle))
    found: list[SensorCapability] = []
    for operation, name in enumerate(layout.HANDLERS, start=1):
        reason = refused.get(layout.program_of(name), "")
        if not reason:
            descriptor = library.call("bpf_program__fd", ctypes.c_void_p(programs[layout.program_of(name)]))
            _connect(maps, name, operation, descriptor)
        found.append(SensorCapability(name=name, works=not reason, missing=reason))
    for name, place in layout.ENTRIES.items():
        if name not in refused:
            descriptor = library.call("bpf_program__fd", ctypes.c_void_p(programs[name]))
            maps["handlers"].put(struct.pack("<I", place), struct.pack("<I", descriptor))
    used = refused.get("on_call_used", "") or refused.get("call_used", "")
    found.append(SensorCapability(name=layout.CALLS_USED, works=not used, missing=used))
    found.append(
        SensorCapability(name="32-bit entry", works="call_compat" not in refused, missing=refused.get("call_compat", ""))
    )
    side = KernelSide(maps, found, adopted=False)
    side.capabilities += tuple(_link(library, folder, programs, refused))
    if layout.FIRST_WALK not in refused:
        visit_existing(library, programs[layout.FIRST_WALK])
    side.capabilities += (_pin_walk(library, folder, programs, refused.get(layout.WALK, "")),)
    library.call("bpf_object__close", ctypes.c_void_p(handle))
    return side


def _connect(maps: dict[str, Map], name: str, operation: int, descriptor: int) -> None:
    """Puts the program behind the numbers of a system call, and says what they mean."""
    native, compat = layout.HANDLERS[name]
    for number in (*native, *(layout.COMPAT_BASE + number for number in compat)):
        maps["operations"].put(struct.pack("<I", number), struct.pack("<I", operation))
        maps["handlers"].put(struct.pack("<I", number), struct.pack("<I", descriptor))


def _link(library: Libbpf, folder: PinFolder, programs: dict[str, int], refused: dict[str, str]) -> list[SensorCapability]:
    found: list[SensorCapability] = []
    for name, title in layout.ATTACHED.items():
        other = layout.ALTERNATIVES.get(name, name)
        reason = refused.get(name, "")
        if reason and other not in refused:
            programs, reason = {**programs, name: programs[other]}, ""
        link = 0 if reason else library.pointer("bpf_program__attach", ctypes.c_void_p(programs[name]))
        if link and library.call("bpf_link__pin", ctypes.c_void_p(link), folder.entry(f"link_{name}").encode()) < 0:
            raise SensorError(f"A program cannot be pinned below {folder.path}.", "Is it on bpffs?")
        if link:
            library.call("bpf_link__destroy", ctypes.c_void_p(link))  # our descriptor; the pin keeps the link itself
        elif not reason:
            reason = "the kernel has no such tracepoint."
        if reason and name in layout.ESSENTIAL:
            raise SensorError(f"The sensor cannot see {title}: {reason}", "Run `periderm doctor`.")
        found.append(SensorCapability(name=title, works=not reason, missing=reason))
    return found


def _pin_walk(library: Libbpf, folder: PinFolder, programs: dict[str, int], reason: str) -> SensorCapability:
    """The walk that compares credentials becomes a file: to read it is to walk."""
    link = 0 if reason else library.pointer("bpf_program__attach_iter", ctypes.c_void_p(programs[layout.WALK]), None)
    if link and library.call("bpf_link__pin", ctypes.c_void_p(link), folder.entry(layout.WALK).encode()) < 0:
        reason = "it cannot be pinned."
    elif not link and not reason:
        reason = "the kernel has no iterator over tasks."
    if link:
        library.call("bpf_link__destroy", ctypes.c_void_p(link))
    return SensorCapability(name="credentials", works=not reason, missing=reason)


def visit_existing(library: Libbpf, program: int) -> None:
    """Lets the kernel side walk all tasks once, so that processes that are there already have their state."""
    link = library.pointer("bpf_program__attach_iter", ctypes.c_void_p(program), None)
    if not link:
        return
    descriptor = library.call("bpf_iter_create", library.call("bpf_link__fd", ctypes.c_void_p(link)))
    if descriptor >= 0:
        while os.read(descriptor, 4096):
            pass
        os.close(descriptor)
    library.call("bpf_link__destroy", ctypes.c_void_p(link))
