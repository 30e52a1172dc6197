"""Prints how many instructions the kernel's verifier walks for each program of the sensor, and compares with the last release.

The record is bench/verifier.json, one entry for each kernel and object; `--record` writes this kernel's. The limit is a
million, and a program that comes near it will be refused by some other kernel first.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

from periderm.adapters.sensor_ebpf.libbpf import Libbpf
from periderm.adapters.sensor_ebpf.sensor import OBJECT

RECORD = Path(__file__).resolve().parent / "verifier.json"
LIMIT = 1_000_000
GREW = 1.2  # told where a program needs so much more than before
VERIFIED_AT = 216  # of verified_insns in struct bpf_prog_info, include/uapi/linux/bpf.h


def verified(library: Libbpf, descriptor: int) -> int:
    """What the verifier walked to accept a program; 0 where the kernel does not tell (before 5.16)."""
    info = (ctypes.c_uint8 * 256)()
    length = ctypes.c_uint32(ctypes.sizeof(info))
    if library.call("bpf_obj_get_info_by_fd", descriptor, info, ctypes.byref(length)) < 0:
        return 0
    return int.from_bytes(bytes(info[VERIFIED_AT : VERIFIED_AT + 4]), "little")


def counts(path: Path) -> dict[str, int]:
    """Instructions by program; -1 for one that this kernel refuses."""
    library = Libbpf()
    handle = library.pointer("bpf_object__open_file", str(path).encode(), None)
    names = [name for name, _ in library.programs(handle)]
    library.call("bpf_object__close", ctypes.c_void_p(handle))
    found: dict[str, int] = {}
    for wanted in names:
        handle = library.pointer("bpf_object__open_file", str(path).encode(), None)
        programs = dict(library.programs(handle))
        for name, program in programs.items():
            library.call("bpf_program__set_autoload", ctypes.c_void_p(program), ctypes.c_bool(name == wanted))
        if library.call("bpf_object__load", ctypes.c_void_p(handle)) == 0:
            found[wanted] = verified(library, library.call("bpf_program__fd", ctypes.c_void_p(programs[wanted])))
        else:
            found[wanted] = -1
        library.call("bpf_object__close", ctypes.c_void_p(handle))
    return found


def compare(now: dict[str, int], before: dict[str, int]) -> list[str]:
    """Lines of the table: program, instructions, share of the limit, and the last release's."""
    lines = []
    for name, count in sorted(now.items(), key=lambda each: -each[1]):
        old = before.get(name)
        word = "refused here" if count < 0 else f"{count:>8} instructions, {count / LIMIT:.1%} of the limit"
        if old is None:
            word += ", new"
        elif old > 0 and count > old * GREW:
            word += f", grew from {old}"
        elif old >= 0:
            word += f", was {old}"
        lines.append(f"verifier: {name:<16} {word}")
    return lines


def main() -> None:
    """Both objects on this kernel."""
    if os.geteuid() != 0 or not OBJECT.exists():
        print("verifier: skipped, needs root and the built kernel program")
        return
    record: dict[str, dict[str, int]] = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    release = ".".join(os.uname().release.split(".")[:2])
    for path in (OBJECT, OBJECT.with_suffix(".old.o")):
        key = f"{release} {path.name}"
        found = counts(path)
        print(f"verifier: {key}")
        print("\n".join(compare(found, record.get(key, {}))))
        record[key] = found
    if "--record" in sys.argv[1:]:
        RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
