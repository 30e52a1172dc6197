"""Real disks, made at test time with the tools that make them elsewhere; a test that lacks its tool is skipped."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from periderm.formats.disk.reading import FileSystem, Node, Read, content

MIB = 1 << 20
SBIN = "/usr/sbin:/sbin:/usr/bin:/bin"
CAPABILITY = struct.pack("<IIIII", 0x02000001, 1 << 13, 0, 0, 0)  # struct vfs_cap_data: net_raw, effective


def tool(name: str, package: str) -> str:
    """The path of a tool; skips where it is missing."""
    found = shutil.which(name, path=SBIN)
    if found is None:
        pytest.skip(f"{name} is not installed (package {package})")
    return found


def run(*command: str | Path, **more: str) -> str:
    """A tool's output; its complaint is the test's."""
    environment = {**os.environ, "PATH": SBIN, "LC_ALL": "C", "LVM_SUPPRESS_FD_WARNINGS": "1", **more}
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, f"{command}: {done.stderr or done.stdout}"
    return done.stdout


class Image(NamedTuple):
    """A file and how it is read."""

    read: Read
    size: int


def image(path: Path) -> Image:
    """Reads a file at offsets; the descriptor ends with the process, as a test's do."""
    data = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    size = path.stat().st_size

    def read(offset: int, wanted: int) -> bytes:
        return os.pread(data, wanted, offset) if 0 <= offset < 1 << 62 else b""

    return Image(read, size)


def of_bytes(data: bytes) -> Image:
    """Reads bytes at offsets."""
    return Image(lambda offset, size: data[offset : offset + size] if offset >= 0 else b"", len(data))


def sample(folder: Path) -> Path:
    """A tree with all that a file system must tell without root: sizes around each limit, holes, links, many names."""
    chance = random.Random(7)
    deep = folder / "a" / "b" / "c"
    deep.mkdir(parents=True)
    for name, size in (
        ("empty", 0),
        ("tiny", 10),
        ("t60", 60),
        ("t140", 140),
        ("one", 4096),
        ("odd", 5001),
        ("big", 2_500_001),
    ):
        (folder / "a" / name).write_bytes(chance.randbytes(size))
    many = folder / "many"
    many.mkdir()
    for number in range(700):
        (many / f"a-file-with-a-rather-long-name-{number:05d}").write_bytes(b"%d" % number)
    (folder / "short").symlink_to("a/tiny")
    (folder / "long").symlink_to("x" * 200)
    (folder / "out").symlink_to("../../../etc/passwd")
    os.link(folder / "a" / "one", folder / "hard")
    os.mkfifo(folder / "pipe")
    (deep / "set-uid").write_bytes(b"#!/bin/sh\n")
    (deep / "set-uid").chmod(0o4755)
    with (folder / "sparse").open("wb") as file:
        for number in range(60):
            file.seek(number * 40_000)
            file.write(b"x" * 100)
        file.truncate(5_000_000)
    for path in folder.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000), follow_symlinks=False)
    return folder


Facts = tuple[int, int, int, int, object]


def truth(folder: Path) -> dict[bytes, Facts]:
    """{path: (type, mode, owner, time, content or target)} as the kernel tells it."""
    found: dict[bytes, Facts] = {}
    root = os.fsencode(folder)
    for where, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = os.path.join(where, name)
            status = os.lstat(path)
            what: object = None
            if stat.S_ISLNK(status.st_mode):
                what = os.readlink(path)
            elif stat.S_ISREG(status.st_mode):
                what = hashlib.sha256(Path(os.fsdecode(path)).read_bytes()).hexdigest()
            elif stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
                what = (os.major(status.st_rdev), os.minor(status.st_rdev))
            kind, mode = stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode)
            found[path[len(root) + 1 :]] = (kind, mode, status.st_uid, int(status.st_mtime), what)
    return found


def walk(files: FileSystem, read: Read, node: Node | None = None, prefix: bytes = b"") -> Iterator[tuple[bytes, Node, object]]:
    """(path, inode, content or target) of everything, by the plain protocol."""
    for name, number in files.names(node or files.node(files.root)):
        below = files.node(number)
        path = prefix + name
        if below.kind == stat.S_IFDIR:
            yield path, below, None
            yield from walk(files, read, below, path + b"/")
        elif below.kind == stat.S_IFLNK:
            yield path, below, files.link(below)
        elif below.kind == stat.S_IFREG:
            inline = files.inline(below)
            pieces = [inline] if inline is not None else content(read, files.runs(below), below.size, "x")
            digest = hashlib.sha256()
            for piece in pieces:
                digest.update(piece)
            yield path, below, digest.hexdigest()
        elif below.kind in (stat.S_IFBLK, stat.S_IFCHR):
            yield path, below, below.device
        else:
            yield path, below, None


def listing(files: FileSystem, read: Read) -> dict[bytes, Facts]:
    """The same facts as `truth`, from the disk."""
    found = {path: (n.kind, n.mode, n.uid, n.mtime, what) for path, n, what in walk(files, read)}
    found.pop(b"lost+found", None)
    return found


def ext4(folder: Path | None, path: Path, *options: str, size: str = "48M") -> Image:
    """A file system made by mke2fs from a folder, without root."""
    given = ("-d", str(folder)) if folder is not None else ()
    run(tool("mke2fs", "e2fsprogs"), "-q", "-F", *given, *options, path, size)
    return image(path)


def proto(folder: Path) -> str:
    """A prototype for mkfs.xfs(8) of a folder: names without blanks."""
    lines = ["/none", "0 0", "d--755 0 0"]

    def below(at: Path) -> None:
        for path in sorted(at.iterdir()):
            status = path.lstat()
            mode, kind = status.st_mode & 0o777, stat.S_IFMT(status.st_mode)
            bits = ("u" if status.st_mode & stat.S_ISUID else "-") + ("g" if status.st_mode & stat.S_ISGID else "-")
            head = {stat.S_IFDIR: "d", stat.S_IFLNK: "l", stat.S_IFREG: "-", stat.S_IFIFO: "p"}[kind]
            line = f"{path.name} {head}{bits}{mode:03o} {status.st_uid} {status.st_gid}"
            lines.append(line + (f" {path}" if head == "-" else f" {os.readlink(path)}" if head == "l" else ""))
            if head == "d":
                below(path)
                lines.append("$")

    below(folder)
    return "\n".join([*lines, "$", ""])


def xfs(folder: Path, path: Path, *options: str, size: int = 640 * MIB) -> Image:
    """A file system made by mkfs.xfs from a folder, without root; the file is sparse."""
    made = tool("mkfs.xfs", "xfsprogs")
    listed = path.with_suffix(".proto")
    listed.write_text(proto(folder), encoding="utf-8")
    with path.open("wb") as file:
        file.truncate(size)
    run(made, "-q", "-f", "-p", listed, *options, path)
    return image(path)


def joined(path: Path, size: int, table: str, parts: dict[int, bytes | Path], *options: str) -> Image:
    """A disk with a partition table made by sfdisk from its script, and contents at byte offsets."""
    with path.open("wb") as file:
        file.truncate(size)
    if table:
        made = tool("sfdisk", "fdisk")
        done = subprocess.run([made, "-q", *options, str(path)], input=table, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    with path.open("r+b") as file:
        for offset, given in parts.items():
            file.seek(offset)
            if isinstance(given, bytes):
                file.write(given)
                continue
            with given.open("rb") as source:
                shutil.copyfileobj(source, file, 1 << 20)
    return image(path)
