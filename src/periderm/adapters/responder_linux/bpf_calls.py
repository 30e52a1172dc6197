"""bpf(2) by ctypes, as far as a response needs it: maps, small programs, links to a cgroup, pins. Numbers and layouts are those
of linux/bpf.h. Knows nothing of what a program is for."""

from __future__ import annotations

import ctypes
import os
import struct

from periderm.model.errors import ResponderError

_SYSCALL = 321  # x86-64: asm/unistd_64.h
MAP_CREATE, MAP_UPDATE, PROG_LOAD, OBJ_PIN, LINK_CREATE = 0, 2, 5, 6, 28
LPM_TRIE = 11
NO_PREALLOC = 1
CGROUP_SKB, CGROUP_SOCK, CGROUP_SOCK_ADDR = 8, 9, 18
_LOG = 1 << 16

# instruction classes and modes: linux/bpf_common.h, linux/bpf.h
_LD_IMM64, _CALL, _EXIT, _JEQ_IMM, _MOV_IMM, _MOV_REG, _ADD_IMM = 0x18, 0x85, 0x95, 0x15, 0xB7, 0xBF, 0x07
_LOAD_WORD, _STORE_WORD, _STORE_WORD_IMM = 0x61, 0x63, 0x62
_PSEUDO_MAP_FD = 1
FRAME = 10


def instruction(code: int, to: int = 0, of: int = 0, offset: int = 0, value: int = 0) -> bytes:
    """struct bpf_insn."""
    return struct.pack("<BBhi", code, to | of << 4, offset, value)


def load_word(to: int, of: int, offset: int) -> bytes:
    """to = *(u32 *)(of + offset)"""
    return instruction(_LOAD_WORD, to, of, offset)


def store_word(at: int, offset: int, of: int) -> bytes:
    """*(u32 *)(at + offset) = of"""
    return instruction(_STORE_WORD, at, of, offset)


def store_number(at: int, offset: int, value: int) -> bytes:
    """*(u32 *)(at + offset) = value"""
    return instruction(_STORE_WORD_IMM, at, 0, offset, value)


def move(to: int, of: int) -> bytes:
    """to = of"""
    return instruction(_MOV_REG, to, of)


def number(to: int, value: int) -> bytes:
    """to = value"""
    return instruction(_MOV_IMM, to, 0, 0, value)


def add(to: int, value: int) -> bytes:
    """to += value"""
    return instruction(_ADD_IMM, to, 0, 0, value)


def if_equal(of: int, value: int, skip: int) -> bytes:
    """if (of == value) skip so many instructions"""
    return instruction(_JEQ_IMM, of, 0, skip, value)


def call(helper: int) -> bytes:
    """r0 = helper(r1 … r5)"""
    return instruction(_CALL, value=helper)


def map_address(to: int, descriptor: int) -> bytes:
    """to = the map (two slots)"""
    return instruction(_LD_IMM64, to, _PSEUDO_MAP_FD, 0, descriptor) + instruction(0)


def leave() -> bytes:
    """return r0"""
    return instruction(_EXIT)


def _bpf(command: int, attributes: bytes, what: str) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    data = ctypes.create_string_buffer(attributes, 144)
    found = libc.syscall(ctypes.c_long(_SYSCALL), ctypes.c_int(command), data, ctypes.c_uint(len(data)))
    if found < 0:
        reason = os.strerror(ctypes.get_errno())
        raise ResponderError(f"The kernel refuses {what}: {reason}.", "Run the agent as root.")
    return int(found)


def make_trie(bits: int, entries: int) -> int:
    """A map of networks: key = prefix length and `bits` / 8 bytes of address. The descriptor."""
    return _bpf(MAP_CREATE, struct.pack("<5I", LPM_TRIE, 4 + bits // 8, 4, max(entries, 1), NO_PREALLOC), "a map")


def put(descriptor: int, key: bytes, value: bytes) -> None:
    """Writes an entry."""
    key_buffer, value_buffer = ctypes.create_string_buffer(key, len(key)), ctypes.create_string_buffer(value, len(value))
    attributes = struct.pack("<IIQQQ", descriptor, 0, ctypes.addressof(key_buffer), ctypes.addressof(value_buffer), 0)
    _bpf(MAP_UPDATE, attributes, "an entry of a map")


def load(kind: int, attach: int, program: bytes, name: str) -> int:
    """Loads instructions; the descriptor."""
    code, licence = ctypes.create_string_buffer(program, len(program)), ctypes.create_string_buffer(b"Dual BSD/GPL")
    attributes = struct.pack(
        "<IIQQIIQII16sII",
        kind,
        len(program) // 8,
        ctypes.addressof(code),
        ctypes.addressof(licence),
        0,
        0,
        0,
        0,
        0,
        name.encode()[:15],
        0,
        attach,
    )
    return _bpf(PROG_LOAD, attributes, f"the program {name}")


def link(program: int, cgroup: int, attach: int) -> int:
    """Attaches a program to a cgroup (descriptor of its folder); the link lives as long as its descriptor or pin."""
    return _bpf(LINK_CREATE, struct.pack("<4I", program, cgroup, attach, 0), "to attach a program to the cgroup")


def pin(descriptor: int, path: str) -> None:
    """Gives an object a name in bpffs."""
    name = ctypes.create_string_buffer(os.fsencode(path))
    _bpf(OBJ_PIN, struct.pack("<QII", ctypes.addressof(name), descriptor, 0), f"the pin {path}")
