"""How a row of the table of programs is written, and what its words mean. Holds no row itself (programs.py does)."""

from __future__ import annotations

import msgspec


class Evidence(msgspec.Struct, frozen=True):
    """`anchor` is found as it stands; `pattern` is then searched from `before` bytes ahead of it to 200 behind it.
    With `whole` the file must hold the anchor anywhere, and the pattern is searched in all of it (small files only)."""

    anchor: bytes
    pattern: bytes
    before: int = 0
    whole: bool = False


class Program(msgspec.Struct, frozen=True):
    """`files` is a pattern for the whole base name; `text` rows are for files that are no executables, by exact names."""

    name: str
    files: str
    cpes: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    text: bool = False


def at(anchor: bytes, pattern: bytes | None = None, before: int = 0) -> Evidence:
    """The pattern around the anchor. Without a pattern the version stands right behind the anchor."""
    return Evidence(anchor, pattern if pattern is not None else _literal(anchor) + b"<v>", before)


def _literal(raw: bytes) -> bytes:
    return b"".join(b"\\x%02x" % byte for byte in raw)


def within(needs: bytes, pattern: bytes) -> Evidence:
    """The pattern anywhere in a small file that holds `needs` anywhere."""
    return Evidence(needs, pattern, whole=True)


def row(name: str, files: str, cpe: str, *evidence: Evidence) -> Program:
    """An executable or a library; `cpe` holds one or more names."""
    return Program(name, files, tuple(cpe.split()), evidence)


def text(name: str, file: str, cpe: str, *evidence: Evidence) -> Program:
    """A text file of that very name."""
    return Program(name, file, tuple(cpe.split()), evidence, text=True)
