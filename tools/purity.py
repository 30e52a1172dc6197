"""Tells what a pure room (model, formats, algorithms, engines, correlate) must not touch, from the syntax tree alone:
files, clocks, randomness, the process's surroundings, and code made at run time. Imports nothing that it reads.

Import contracts cannot see these: `open` is no import, and numpy is allowed but can read files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

PURE_ROOMS = ("model", "formats", "algorithms", "engines", "correlate")


class Ban(NamedTuple):
    """A dotted name, why a pure room has no use for it, and a line that must be caught."""

    name: str
    why: str
    example: str


_FILES = "reads or writes a file: bytes come in as arguments"
_CLOCK = "looks at a clock: time comes from the observation"
_CHANCE = "draws at random: the same input must give the same answer"
_CODE = "makes code at run time"
_AROUND = "looks at the process's surroundings"

BANS: tuple[Ban, ...] = (
    Ban("python open", _FILES, "data = open('x').read()"),
    Ban("python input", _AROUND, "line = input()"),
    Ban("python print", _AROUND, "print('x')"),
    Ban("python breakpoint", _AROUND, "breakpoint()"),
    Ban("python __import__", _CODE, "m = __import__('os')"),
    Ban("python __builtins__", _CODE, "b = __builtins__"),
    Ban("python eval", _CODE, "v = eval('1')"),
    Ban("python exec", _CODE, "exec('x = 1')"),
    Ban("python compile", _CODE, "c = compile('1', '', 'eval')"),
    Ban("builtins", _CODE, "import builtins"),
    Ban("importlib", _CODE, "import importlib.util"),
    Ban("pickle", _CODE, "from pickle import loads"),
    Ban("os", _AROUND, "import os.path"),
    Ban("sys", _AROUND, "import sys"),
    Ban("platform", _AROUND, "import platform"),
    Ban("socket", _AROUND, "import socket"),
    Ban("subprocess", _AROUND, "import subprocess as s"),
    Ban("ctypes", _AROUND, "from ctypes import CDLL"),
    Ban("threading", _AROUND, "import threading"),
    Ban("asyncio", _AROUND, "import asyncio"),
    Ban("logging", _AROUND, "import logging"),
    Ban("urllib.request", _AROUND, "from urllib.request import urlopen"),
    Ban("http", _AROUND, "import http.client"),
    Ban("sqlite3", _FILES, "import sqlite3"),
    Ban("shutil", _FILES, "import shutil"),
    Ban("tempfile", _FILES, "import tempfile"),
    Ban("glob", _FILES, "import glob"),
    Ban("mmap", _FILES, "import mmap"),
    Ban("fileinput", _FILES, "import fileinput"),
    Ban("linecache", _FILES, "import linecache"),
    Ban("pathlib.Path", _FILES, "from pathlib import Path\np = Path('x')"),
    Ban("pathlib.PosixPath", _FILES, "import pathlib\np = pathlib.PosixPath('x')"),
    Ban("io.open", _FILES, "import io\nf = io.open('x')"),
    Ban("io.open_code", _FILES, "import io\nf = io.open_code('x')"),
    Ban("io.FileIO", _FILES, "from io import FileIO\nf = FileIO('x')"),
    Ban("codecs.open", _FILES, "import codecs\nf = codecs.open('x')"),
    Ban("bz2.open", _FILES, "import bz2\nf = bz2.open('x')"),
    Ban("lzma.open", _FILES, "import lzma\nf = lzma.open('x')"),
    Ban("gzip.open", _FILES, "import gzip\nf = gzip.open('x')"),
    Ban("isal.igzip.open", _FILES, "from isal import igzip\nf = igzip.open('x')"),
    Ban("tarfile.open", _FILES, "import tarfile\nt = tarfile.open('x')"),
    Ban("hashlib.file_digest", _FILES, "from hashlib import file_digest\nd = file_digest(f, 'sha256')"),
    Ban("numpy.load", _FILES, "import numpy as np\na = np.load('x')"),
    Ban("numpy.save", _FILES, "from numpy import save\nsave('x', a)"),
    Ban("numpy.savez", _FILES, "import numpy\nnumpy.savez('x', a)"),
    Ban("numpy.savez_compressed", _FILES, "import numpy as np\nnp.savez_compressed('x', a)"),
    Ban("numpy.savetxt", _FILES, "import numpy as np\nnp.savetxt('x', a)"),
    Ban("numpy.loadtxt", _FILES, "import numpy as np\na = np.loadtxt('x')"),
    Ban("numpy.genfromtxt", _FILES, "import numpy as np\na = np.genfromtxt('x')"),
    Ban("numpy.fromfile", _FILES, "import numpy as n\na = n.fromfile('x')"),
    Ban("numpy.fromregex", _FILES, "import numpy as np\na = np.fromregex('x', r, d)"),
    Ban("numpy.memmap", _FILES, "import numpy as np\na = np.memmap('x')"),
    Ban("numpy.lib", _FILES, "import numpy as np\na = np.lib.format.open_memmap('x')"),
    Ban("numpy.ctypeslib", _AROUND, "import numpy as np\nc = np.ctypeslib.load_library('x', '.')"),
    Ban("numpy.random", _CHANCE, "import numpy as np\na = np.random.default_rng()"),
    Ban("random", _CHANCE, "from random import choice"),
    Ban("secrets", _CHANCE, "import secrets"),
    Ban("uuid", _CHANCE, "import uuid"),
    Ban("time", _CLOCK, "from time import monotonic_ns"),
    Ban("datetime.datetime.now", _CLOCK, "from datetime import datetime\nd = datetime.now()"),
    Ban("datetime.datetime.utcnow", _CLOCK, "import datetime\nd = datetime.datetime.utcnow()"),
    Ban("datetime.datetime.today", _CLOCK, "import datetime as dt\nd = dt.datetime.today()"),
    Ban("datetime.date.today", _CLOCK, "from datetime import date\nd = date.today()"),
    Ban("*.tofile", _FILES, "a.tofile('x')"),
    Ban("*.read_text", _FILES, "p.read_text()"),
    Ban("*.read_bytes", _FILES, "p.read_bytes()"),
    Ban("*.write_text", _FILES, "p.write_text('x')"),
    Ban("*.write_bytes", _FILES, "p.write_bytes(b'x')"),
    Ban("numpy.datetime64('now')", _CLOCK, "import numpy as np\nt = np.datetime64('now')"),
)


class Breach(NamedTuple):
    """A place where a pure room is not pure."""

    line: int
    ban: Ban


def breaches(source: str) -> list[Breach]:
    """All breaches of one file's text, in the order of its lines. Raises SyntaxError."""
    tree = ast.parse(source)
    names = _imported(tree)
    found: set[Breach] = set()
    for node in ast.walk(tree):
        for dotted in _dotted(node, names):
            found.update(Breach(getattr(node, "lineno", 0), ban) for ban in BANS if _covers(ban.name, dotted))
    return sorted(found)


def _covers(ban: str, dotted: str) -> bool:
    if ban.startswith("*."):
        return dotted.endswith(ban[1:])
    return dotted == ban or dotted.startswith(ban + ".")


def _imported(tree: ast.AST) -> dict[str, str]:
    """Local name to dotted name, for all imports in the file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _dotted(node: ast.AST, names: dict[str, str]) -> Iterator[str]:
    """The dotted names that a node speaks of."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        # A name that no import made and that is one of Python's own.
        yield names.get(node.id) or f"python {node.id}"
    elif isinstance(node, ast.Attribute):
        yield _chain(node, names)
    elif isinstance(node, ast.Call):
        word = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        yield f"{_chain(node.func, names)}({word!r})"


def _chain(node: ast.AST, names: dict[str, str]) -> str:
    """`np.lib.format` as 'numpy.lib.format'; what stands on no name becomes '?'."""
    if isinstance(node, ast.Attribute):
        return f"{_chain(node.value, names)}.{node.attr}"
    if isinstance(node, ast.Name):
        return names.get(node.id, f"?{node.id}")
    return "?"
