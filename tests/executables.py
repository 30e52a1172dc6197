"""Executables made for tests: just enough of ELF, PE and Mach-O to hold a section and a segment."""

from __future__ import annotations

import struct
from collections.abc import Mapping


def elf(sections: Mapping[bytes, bytes], *, wide: bool = True, big: bool = False, base: int = 0x400000) -> bytes:
    """An ELF file: one loaded segment that is the whole file, and the named sections."""
    order = ">" if big else "<"
    ident = b"\x7fELF" + bytes((2 if wide else 1, 2 if big else 1, 1)) + b"\0" * 9
    head, segment, entry = (64, 56, 64) if wide else (52, 32, 40)
    names = b"\0"
    body = b""
    at = head + segment
    table = [b"\0" * entry]
    form = f"{order}IIQQQQIIQQ" if wide else f"{order}IIIIIIIIII"
    for name, given in [*sections.items(), (b".shstrtab", b"")]:
        label = len(names)
        names += name + b"\0"
        content = names if name == b".shstrtab" else given
        pad = b"\0" * (-(at + len(body)) % 16)
        body += pad
        kind = 3 if name == b".shstrtab" else 1
        table.append(struct.pack(form, label, kind, 0, base + at + len(body), at + len(body), len(content), 0, 0, 1, 0))
        body += content
    start = at + len(body)
    size = start + entry * len(table)
    if wide:
        program = struct.pack(f"{order}IIQQQQQQ", 1, 6, 0, base, base, size, size, 4096)
        fields = struct.pack(
            f"{order}HHIQQQIHHHHHH", 2, 62, 1, base, head, start, 0, head, segment, 1, entry, len(table), len(table) - 1
        )
    else:
        program = struct.pack(f"{order}IIIIIIII", 1, 0, base, base, size, size, 6, 4096)
        fields = struct.pack(
            f"{order}HHIIIIIHHHHHH", 2, 3, 1, base, head, start, 0, head, segment, 1, entry, len(table), len(table) - 1
        )
    return ident + fields + program + body + b"".join(table)


def pe(sections: Mapping[bytes, bytes]) -> bytes:
    """A PE file with an empty optional header."""
    head = (
        b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, 0, 2)
    )
    at = len(head) + 40 * len(sections)
    table = body = b""
    for name, content in sections.items():
        table += struct.pack("<8sIIII16x", name, len(content), 4096, len(content), at + len(body))
        body += content
    return head + table + body


def macho(sections: Mapping[bytes, bytes], *, wide: bool = True, big: bool = False) -> bytes:
    """A Mach-O file with one segment."""
    order = ">" if big else "<"
    step, head = (80, 72) if wide else (68, 56)
    size = head + step * len(sections)
    at = (32 if wide else 28) + size
    magic = 0xFEEDFACF if wide else 0xFEEDFACE
    out = struct.pack(f"{order}IIIIIII", magic, 7, 3, 2, 1, size, 0) + (b"\0" * 4 if wide else b"")
    if wide:
        out += struct.pack(f"{order}II16sQQQQIIII", 0x19, size, b"__DATA", 0, 0, 0, 0, 3, 3, len(sections), 0)
    else:
        out += struct.pack(f"{order}II16sIIIIIIII", 1, size, b"__DATA", 0, 0, 0, 0, 3, 3, len(sections), 0)
    body = b""
    for name, content in sections.items():
        form, rest = ("QQI", 28) if wide else ("III", 24)
        out += struct.pack(f"{order}16s16s{form}{rest}x", name, b"__DATA", 0, len(content), at + len(body))
        body += content
    return out + body


def fat(inner: bytes) -> bytes:
    """A Mach-O file for one architecture of several."""
    return struct.pack(">IIIIIII", 0xCAFEBABE, 1, 7, 3, 28, len(inner), 0) + inner


def counted(text: bytes) -> bytes:
    """A string with its length before it, as Go writes it since 1.18."""
    length, out = len(text), b""
    while length >= 0x80:
        out += bytes((length & 0x7F | 0x80,))
        length >>= 7
    return out + bytes((length,)) + text


FRAME = b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6"


def build_info(go: str, lines: str, frame: bytes = FRAME) -> bytes:
    """The section `.go.buildinfo` since Go 1.18. Its framing is any 16 bytes on each side."""
    text = frame + lines.encode() + frame if lines else b""
    return (b"\xff Go buildinf:\x08\x02").ljust(32, b"\0") + counted(go.encode()) + counted(text)


def old_go(go: str, lines: str, *, wide: bool = True, big: bool = False, base: int = 0x400000) -> bytes:
    """An executable of Go before 1.18: the section holds pointers to strings, which hold pointers to their bytes."""
    size = 8 if wide else 4
    pointer = (">" if big else "<") + ("Q" if wide else "I")
    text = FRAME + lines.encode() + FRAME
    start = base + (64 + 56 + 8 if wide else 52 + 32 + 12)  # where the first section lies, on a boundary of 16
    strings = start + 32
    letters = strings + 4 * size
    block = (b"\xff Go buildinf:" + bytes((size, int(big)))) + struct.pack(pointer, strings)
    block += struct.pack(pointer, strings + 2 * size)
    block = block.ljust(32, b"\0")
    for where, length in ((letters, len(go)), (letters + len(go), len(text))):
        block += struct.pack(pointer, where) + struct.pack(pointer, length)
    return elf({b".go.buildinfo": block + go.encode() + text}, wide=wide, big=big, base=base)
