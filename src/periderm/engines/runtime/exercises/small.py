"""Writes tiny static programs for x86-64 as bytes: a row of system calls, by the 64-bit entry or by the 32-bit one (int 0x80).

For exercises that must not go through a library, a tool or an interpreter. It knows no exercise and compiles nothing else.
"""

from __future__ import annotations

import struct

import msgspec

BASE = 0x400000
_HEADERS = 120  # an ELF header and one program header
_SLOTS = 0x2000  # results of calls lie here, after the code and the data
_PAGE = 0x1000

# The numbers of asm/unistd_64.h and asm/unistd_32.h.
NUMBERS = {
    "open": (2, 5),
    "pause": (34, 29),
    "socket": (41, 359),
    "connect": (42, 362),
    "execve": (59, 11),
    "exit": (60, 1),
    "dup2": (33, 63),
    "chmod": (90, 15),
    "ptrace": (101, 26),
    "getppid": (110, 64),
    "openat": (257, 295),
    "memfd_create": (319, 356),
}
# `mov register, imm32` and `mov register, [disp32]`, in the order of arguments.
_SET = ((b"\xbf", b"\xbe", b"\xba", b"\x41\xba"), (b"\xbb", b"\xb9", b"\xba", b"\xbe"))
_LOAD = (
    (b"\x8b\x3c\x25", b"\x8b\x34\x25", b"\x8b\x14\x25", b"\x44\x8b\x14\x25"),
    (b"\x8b\x1c\x25", b"\x8b\x0c\x25", b"\x8b\x14\x25", b"\x8b\x34\x25"),
)


class Result(msgspec.Struct, frozen=True):
    """What an earlier call gave, by its place in the row."""

    call: int


class Words(msgspec.Struct, frozen=True):
    """A list of strings as execve wants its arguments."""

    texts: tuple[str, ...]


Argument = int | bytes | str | Result | Words
Call = tuple[str, tuple[Argument, ...]]


def program(*calls: Call, compat: bool = False) -> bytes:
    """An ELF file that makes these calls and ends with status 0. Up to four arguments each: numbers, strings (ended by
    NUL), bytes as they are, results of earlier calls. `compat`: by the 32-bit entry. Raises ValueError if it gets too big."""
    way = int(compat)
    length = len(_code(calls, way, 0)[0])
    code, data = _code(calls, way, BASE + _HEADERS + length)
    size = _HEADERS + len(code) + len(data)
    if size > _SLOTS:
        raise ValueError(f"{size} bytes are more than fit")
    header = struct.pack(
        "<16sHHIQQQIHHHHHH",
        b"\x7fELF\x02\x01\x01",
        2,  # ET_EXEC
        62,  # EM_X86_64
        1,
        BASE + _HEADERS,
        64,
        0,
        0,
        64,
        56,
        1,
        64,
        0,
        0,
    )
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0, BASE, BASE, size, _SLOTS + _PAGE, _PAGE)
    return header + segment + code + data


def _code(calls: tuple[Call, ...], way: int, data_at: int) -> tuple[bytes, bytes]:
    """Code and data, where the data begins at `data_at`."""
    code = data = b""
    for index, (name, arguments) in enumerate((*calls, ("exit", (0,)))):
        for place, argument in enumerate(arguments):
            if isinstance(argument, Result):
                code += _LOAD[way][place] + struct.pack("<I", BASE + _SLOTS + 4 * argument.call)
                continue
            if not isinstance(argument, int):
                kept, offset = _data(argument, data_at + len(data), way)
                number = data_at + len(data) + offset
                data += kept
            else:
                number = argument & 0xFFFFFFFF
            code += _SET[way][place] + struct.pack("<I", number)
        code += b"\xb8" + struct.pack("<I", NUMBERS[name][way]) + (b"\xcd\x80" if way else b"\x0f\x05")
        code += b"\x89\x04\x25" + struct.pack("<I", BASE + _SLOTS + 4 * index)
    return code, data


def _data(argument: bytes | str | Words, at: int, way: int) -> tuple[bytes, int]:
    """Bytes that lie at `at`, and where in them the argument begins."""
    if isinstance(argument, bytes):
        return argument, 0
    if isinstance(argument, str):
        return argument.encode() + b"\0", 0
    texts, places = b"", []
    for text in argument.texts:
        places.append(at + len(texts))
        texts += text.encode() + b"\0"
    return texts + struct.pack(f"<{len(places) + 1}{'I' if way else 'Q'}", *places, 0), len(texts)


def brought(name: str, content: bytes, run: str = "") -> str:
    """A Python script that writes the program to a file, starts it, and removes it."""
    return f"""import os, subprocess
with open({name!r}, "wb") as file:
    file.write(bytes.fromhex({content.hex()!r}))
os.chmod({name!r}, 0o755)
{run or f"subprocess.call([{name!r}])"}
os.unlink({name!r})
"""
