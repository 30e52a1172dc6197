"""Puts a state back from one file. Everything is read and checked beside its place first; only then is it moved there."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from periderm.adapters.state_archive.streams import Bounded, Opening
from periderm.algorithms.sealing import HEADER_BYTES, MAGIC, Seal
from periderm.model.backup import FORM, MANIFEST, STATE, BackupManifest
from periderm.model.errors import DeniedError, FormatError, LimitError, SignatureError

MOST_FILES = 200_000
MOST_MANIFEST = 64 << 20
LONGEST_PATH = 500
_PIECE = 1 << 20
_ROOM = "Free room there, or name another place."
_ANOTHER = "Take another copy."


def read_backup(
    source: Path, state: Path, *, passphrase: bytes, most: int, check: Callable[[BackupManifest, Path], None], replace: bool
) -> tuple[BackupManifest, Path | None]:
    """What was put back, and where the state that was there before lies now. `check` gets what was read before it is moved,
    and raises what is wrong with it. `most`: bytes that it may unpack to. Raises DeniedError if the state is in use, is not
    empty (unless `replace`) or cannot be written; FormatError, LimitError, SignatureError for a file that is not whole."""
    filled = state.is_dir() and any(state.iterdir())
    if filled and not replace:
        raise DeniedError(f"{state} is not empty.", "Name another with --state, or say --replace: it is put aside then.")
    if in_use(state):
        raise DeniedError(f"Periderm runs with the state {state}.", "Stop it first.")
    state.parent.mkdir(parents=True, exist_ok=True)
    fresh = state.with_name(f".{state.name}.restored-{os.getpid()}")
    try:
        with contextlib.ExitStack() as ends:
            fresh.mkdir(mode=0o700)
            ends.callback(lambda: shutil.rmtree(fresh, ignore_errors=True))
            manifest = _unpack(source, fresh, passphrase, most)
            check(manifest, fresh)
            before = _aside(state) if filled else None
            if not filled and state.is_dir():
                state.rmdir()
            fresh.rename(state)
            os.sync()
    except OSError as error:
        raise DeniedError(
            f"{state} cannot be put back: {error.strerror}.", "Free room there, or name another place."
        ) from error
    return manifest, before


def in_use(state: Path) -> bool:
    """Whether a process of the product holds a spool of this state."""
    for path in (state / "spool").rglob("*") if state.is_dir() else ():
        if path.is_file() and (path.name == "lock" or path.parent.name == "groups"):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            finally:
                os.close(descriptor)
    return False


def _aside(state: Path) -> Path:
    number = 1
    while (before := state.with_name(f"{state.name}.before-restore-{number}")).exists():
        number += 1
    state.rename(before)
    return before


@contextlib.contextmanager
def _opened(source: Path, passphrase: bytes, most: int) -> Iterator[Bounded]:
    import io

    import zstandard

    with contextlib.ExitStack() as ends:
        file: IO[bytes] = ends.enter_context(source.open("rb"))
        head = file.read(len(MAGIC))
        file.seek(0)
        if head == MAGIC:
            if not passphrase:
                raise SignatureError(f"{source} is sealed with a passphrase.", "Give it with --passphrase-file.")
            seal = Seal(passphrase, file.read(HEADER_BYTES))
            file = ends.enter_context(io.BufferedReader(Opening(file, seal)))  # type: ignore[arg-type]  # reads bytes as any
        yield Bounded(ends.enter_context(zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file)), most)


def _unpack(source: Path, fresh: Path, passphrase: bytes, most: int) -> BackupManifest:
    """Every file below `fresh`, then compared with the manifest, which comes last."""
    import zstandard

    found: dict[str, tuple[int, str]] = {}
    told: BackupManifest | None = None
    try:
        with _opened(source, passphrase, most) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]  # tarfile only reads
            for entry in tar:
                if told is not None or len(found) >= MOST_FILES:
                    raise FormatError("The archive goes on where it should end.", _ANOTHER)
                content = tar.extractfile(entry) if entry.isreg() else None
                if content is None:
                    raise FormatError(f"The archive holds {entry.name[:80]!r}, which is no file.", _ANOTHER)
                if entry.name == MANIFEST:
                    told = _manifest(content.read(MOST_MANIFEST + 1))
                    continue
                name = _name(entry.name)
                if name in found:
                    raise FormatError(f"The archive holds {name[:80]!r} twice.", _ANOTHER)
                found[name] = _extract(content, fresh / name, entry.mode)
    except FileNotFoundError:
        raise FormatError(f"There is no file {source}.", "Name another.") from None
    except (tarfile.TarError, zstandard.ZstdError, EOFError, UnicodeError, ValueError) as error:
        raise FormatError(f"{source} is no copy of a state, or is cut off: {str(error)[:200]}.", _ANOTHER) from error
    if told is None or {f.path: (f.size, f.sha256) for f in told.files} != found:
        raise FormatError(f"{source} does not hold what it says it does.", _ANOTHER)
    return told


def _manifest(data: bytes) -> BackupManifest:
    if len(data) > MOST_MANIFEST:
        raise LimitError("The archive's manifest is too large.", _ANOTHER)
    try:
        form = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("form", msgspec.Raw(b"0"))
        if (number := msgspec.json.decode(form, type=int)) > FORM:
            raise FormatError(f"The copy was made by a newer Periderm (form {number}).", "Install that version, then restore.")
        return msgspec.json.decode(data, type=BackupManifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FormatError(f"The archive's manifest cannot be read: {error}.", _ANOTHER) from error


def _name(name: str) -> str:
    """The path below the state. Raises FormatError for one that leads elsewhere."""
    path = PurePosixPath(name)
    parts = path.parts
    plain = name.isprintable() and "\\" not in name and len(name) <= LONGEST_PATH and str(path) == name
    if not plain or len(parts) < 2 or parts[0] != STATE or any(part in ("..", ".", "/") for part in parts):
        raise FormatError(f"The archive holds {name[:80]!r}, which leads elsewhere.", _ANOTHER)
    return "/".join(parts[1:])


def _extract(content: IO[bytes], target: Path, mode: int) -> tuple[int, str]:
    for folder in [*reversed(target.parents)]:  # `parents=True` would not give the mode to all of them
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    digest, size = hashlib.sha256(), 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(target, flags, 0o600 | (mode & 0o700)), "wb") as file:
        while piece := content.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return size, digest.hexdigest()
