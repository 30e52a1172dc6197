"""RPM databases made for tests: header blobs, and the three forms of file that hold them, written page by page."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

CHAR, INT16, INT32, STRING, STRINGS, I18N = 1, 3, 4, 6, 8, 9
PACKED = {CHAR: ("B", 1), INT16: ("H", 2), INT32: ("I", 4)}
TAGS = {"name": 1000, "version": 1001, "release": 1002, "vendor": 1011, "licence": 1014, "architecture": 1022, "source": 1044}


def blob(entries: Sequence[tuple[int, int, object]]) -> bytes:
    """A header of (tag, type, value): numbers, a string, or strings."""
    index = data = b""
    for tag, kind, value in entries:
        if kind in PACKED:
            assert isinstance(value, list)
            letter, size = PACKED[kind]
            data += b"\0" * (-len(data) % size)
            raw, count = struct.pack(f">{len(value)}{letter}", *value), len(value)
        else:
            texts = value if isinstance(value, list) else [value]
            raw, count = b"".join(str(t).encode("utf-8", "surrogateescape") + b"\0" for t in texts), len(texts)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += raw
    return struct.pack(">II", len(entries), len(data)) + index + data


class Content(NamedTuple):
    """What a header says of one file's content: SHA-256 in hex ('' for none), its mode, flags and state."""

    digest: str
    mode: int = 0o100755
    flags: int = 0
    state: int = 0


def header(
    files: Sequence[tuple[str, str]] = (),
    epoch: int | None = None,
    modularity: str = "",
    contents: Sequence[Content] = (),
    algorithm: int = 8,
    **texts: str,
) -> bytes:
    """A package's header. `files` are (folder, name), `contents` what is said of each."""
    texts = {"name": "bash", "version": "5.1.8", "release": "6.el9", "architecture": "x86_64"} | texts
    entries: list[tuple[int, int, object]] = [(63, 7, "")]
    entries += [(TAGS[key], I18N if key == "licence" else STRING, value) for key, value in texts.items() if value]
    if epoch is not None:
        entries.append((1003, INT32, [epoch]))
    if files:
        folders = sorted({folder for folder, _ in files})
        entries.append((1116, INT32, [folders.index(folder) for folder, _ in files]))
        entries.append((1117, STRINGS, [name for _, name in files]))
        entries.append((1118, STRINGS, folders))
    if contents:
        entries.append((1029, CHAR, [one.state for one in contents]))
        entries.append((1030, INT16, [one.mode for one in contents]))
        entries.append((1035, STRINGS, [one.digest for one in contents]))
        entries.append((1037, INT32, [one.flags for one in contents]))
        entries.append((5011, INT32, [algorithm]))
    if modularity:
        entries.append((5096, STRING, modularity))
    return blob(entries)


def sqlite(path: Path, blobs: Sequence[bytes], page: int = 4096, deleted: int = 0) -> bytes:
    """A database as SQLite itself writes it, with rpm's schema; the first `deleted` packages were removed again."""
    path.unlink(missing_ok=True)
    base = sqlite3.connect(path)
    base.execute(f"PRAGMA page_size={page}")
    base.execute("CREATE TABLE 'Basenames' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL)")
    base.execute("CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT,blob BLOB NOT NULL)")
    base.execute("CREATE INDEX 'Basenames_idx' ON 'Basenames'(key)")
    base.executemany("INSERT INTO Packages (blob) VALUES (?)", [(b,) for b in blobs])
    base.execute("DELETE FROM Packages WHERE hnum <= ?", (deleted,))
    base.commit()
    base.close()
    return path.read_bytes()


def ndb(blobs: Sequence[bytes], pages: int = 1) -> bytes:
    """A Packages.db."""
    slots = body = b""
    at = pages * 4096
    for number, content in enumerate(blobs, 1):
        raw = struct.pack("<4sIII", b"BlbS", number, 1, len(content)) + content
        raw += b"\0" * (-(len(raw) + 12) % 16)
        raw += struct.pack("<II4s", zlib.adler32(raw), len(content), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, at // 16, len(raw) // 16)
        body += raw
        at += len(raw)
    slots = slots.ljust(pages * 4096 - 32, b"\1")
    slots = b"".join(slots[i : i + 16] if slots[i] == 83 else b"Slot" + b"\0" * 12 for i in range(0, len(slots), 16))
    return struct.pack("<4sIIII12x", b"RpmP", 0, 1, pages, len(blobs) + 1) + slots + body


def bdb(values: Mapping[int, bytes], page: int = 512, order: str = "<") -> bytes:
    """A Berkeley DB hash file: metadata, then for each pair a hash page and its overflow pages; short values inline."""
    pages: list[bytes] = []
    room = page - 26

    def head(number: int, following: int, entries: int, offset: int, kind: int) -> bytes:
        return struct.pack(f"{order}8xIIIHHBB", number, 0, following, entries, offset, 0, kind)

    for number, value in values.items():
        key = b"\1" + struct.pack(f"{order}I", number)
        own = len(pages) + 1
        item = b"\1" + value if len(value) < 100 else struct.pack(f"{order}B3xII", 3, own + 1, len(value))
        second = page - len(key) - len(item)
        content = head(own, 0, 2, second, 13) + struct.pack(f"{order}HH", page - len(key), second)
        pages.append(content.ljust(second, b"\0") + item + key)
        if item[0] == 3:
            parts = [value[i : i + room] for i in range(0, len(value), room)]
            for index, part in enumerate(parts):
                at = len(pages) + 1
                following = at + 1 if index + 1 < len(parts) else 0
                pages.append((head(at, following, 1, len(part), 7) + part).ljust(page, b"\0"))
    meta = struct.pack(f"{order}8xIIIIBBBxIIIII", 0, 0x061561, 9, page, 0, 8, 0, 0, len(pages), 0, len(values), len(values))
    return meta.ljust(page, b"\0") + b"".join(pages)


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9+._]{0,10}", fullmatch=True)
FOLDERS = st.sampled_from(["/", "/usr/bin/", "/usr/share/doc/x/", "/opt/é/"])


@st.composite
def headers(draw: st.DrawFn) -> tuple[str, str, tuple[str, ...], bytes]:
    """(name, version as rpm writes it, files, header blob)."""
    name, version, release = draw(NAMES), draw(NAMES), draw(NAMES)
    epoch = draw(st.none() | st.integers(0, 2**32 - 1))
    files = draw(st.lists(st.tuples(FOLDERS, NAMES), max_size=draw(st.sampled_from([3, 60]))))
    told = f"{epoch}:{version}-{release}" if epoch else f"{version}-{release}"
    content = header(files, epoch, name=name, version=version, release=release)
    return name, told, tuple(folder.lstrip("/") + file for folder, file in files), content
