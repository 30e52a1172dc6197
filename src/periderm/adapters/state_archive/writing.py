"""Writes the state of a product that may be running into one file.

Order matters. First what the bus says of how far it was read, then its messages, last the store: so a message is in the store,
or still to be read, or both (and then taken once, since the store knows its number), and never in neither.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from periderm.adapters.state_archive.streams import Sealing
from periderm.algorithms.sealing import PREFIX_BYTES, SALT_BYTES, Seal, header
from periderm.model.backup import MANIFEST, STATE, BackupChoice, BackupManifest, KeptFile
from periderm.model.errors import DeniedError, StoreError

_SPOOL = "spool/server"  # of the spools only the server's: what an agent has not sent is its node's, and numbered there
_ROOM = "Free room there, or name another place."
# A copy has no life: the server that is put back from it begins one, and agents send again what it missed.
_NEVER = ("log", "before-upgrades", "spool", "life", "advisories.sqlite.part")
KEYS = (
    *("service-token", "metrics-token", "keys", "authority", "identity.pem", "hooks", "secrets", "selftest-key.pem"),
    "behaviour-seed",
)


def write_backup(
    state: Path,
    database: str,
    target: Path,
    choice: BackupChoice,
    *,
    copy: Callable[[Path, Path], None],
    schema_of: Callable[[Path], str],
    passphrase: bytes,
    version: str,
    now: int,
) -> BackupManifest:
    """`target` appears whole, mode 0600, or not at all. `copy` makes a consistent copy of a database. Raises DeniedError if it
    is there already or cannot be written, StoreError if the store cannot be copied."""
    if target.exists():
        raise DeniedError(f"{target} is there already.", "Name another file.")
    part = target.with_name(f".{target.name}.part")
    staged = state / f".backup-{os.getpid()}.sqlite"
    try:
        with contextlib.ExitStack() as ends:
            ends.callback(lambda: staged.unlink(missing_ok=True))
            ends.callback(lambda: part.unlink(missing_ok=True))
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                with _packed(file, passphrase) as tar:
                    manifest = _write(tar, state, database, staged, choice, copy=copy, schema_of=schema_of)
                    manifest = msgspec.structs.replace(manifest, version=version, time=now)
                    _tell(tar, manifest)
                file.flush()
                os.fsync(file.fileno())
            os.link(part, target)  # which fails where a file came meanwhile, as a rename would not
            _sync(target.parent)
    except OSError as error:
        raise DeniedError(
            f"{target} cannot be written: {error.strerror}.", "Free room there, or name another place."
        ) from error
    return manifest


@contextlib.contextmanager
def _packed(file: BinaryIO, passphrase: bytes) -> Iterator[tarfile.TarFile]:
    import zstandard

    under: IO[bytes] = file
    with contextlib.ExitStack() as ends:
        if passphrase:
            head = header(os.urandom(SALT_BYTES), os.urandom(PREFIX_BYTES))
            file.write(head)
            under = ends.enter_context(Sealing(file, Seal(passphrase, head)))  # type: ignore[arg-type]  # writes bytes as any
        packed = ends.enter_context(zstandard.ZstdCompressor(level=6).stream_writer(under, closefd=False))
        yield ends.enter_context(tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT))


def _write(
    tar: tarfile.TarFile,
    state: Path,
    database: str,
    staged: Path,
    choice: BackupChoice,
    *,
    copy: Callable[[Path, Path], None],
    schema_of: Callable[[Path], str],
) -> BackupManifest:
    """All files; what was written, without version and time."""
    files = [
        kept
        for path in _paths(state, database, choice)
        if (kept := _add(tar, path, path.relative_to(state).as_posix())) is not None
    ]
    source, schema = state / database, ""
    if source.exists():
        copy(source, staged)
        schema = schema_of(staged)
        last = _add(tar, staged, database)
        if last is None:
            raise StoreError("The store's copy went away.", "Try again.")
        files.append(last)
    left = tuple(name for name in ("keys", "history", "advisories") if not getattr(choice, name))
    return BackupManifest(version="", schema=schema, time=0, files=tuple(files), left_out=left)


def _tell(tar: tarfile.TarFile, manifest: BackupManifest) -> None:
    told = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(told), 0o600
    tar.addfile(entry, io.BytesIO(told))


def _paths(state: Path, database: str, choice: BackupChoice) -> Iterator[Path]:
    """What is kept, in the order in which it is read."""
    spool = state / _SPOOL
    if spool.is_dir():
        found = [path for path in sorted(spool.rglob("*")) if path.is_file()]
        yield from (path for path in found if path.parent.name == "groups")
        yield from (path for path in found if path.parent.name != "groups" and path.name != "lock")
    left = {*_NEVER, *(() if choice.keys else KEYS), *(() if choice.history else ("history",))}
    left |= set(() if choice.advisories else ("advisories.sqlite",))
    for entry in sorted(state.iterdir()):
        if entry.name in left or entry.name.startswith((database, ".")) or entry.is_symlink():
            continue
        if entry.is_dir():
            yield from (path for path in sorted(entry.rglob("*")) if path.is_file() and not path.is_symlink())
        elif entry.is_file():
            yield entry


def _add(tar: tarfile.TarFile, path: Path, name: str) -> KeptFile | None:
    """None if it went away meanwhile, as files of the spool and of the history do."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None
        entry = tarfile.TarInfo(f"{STATE}/{name}")
        entry.size, entry.mode, entry.mtime = found.st_size, stat.S_IMODE(found.st_mode) & 0o700, int(found.st_mtime)
        reading = _Exactly(file, found.st_size)
        tar.addfile(entry, reading)  # type: ignore[arg-type]  # tarfile only reads
        return KeptFile(name, found.st_size, reading.digest.hexdigest())


class _Exactly:
    """So many bytes of a file that may grow or shrink meanwhile: what is missing is zeroes, as behind a torn write."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        data = self._file.read(size).ljust(size, b"\0")
        self._left -= size
        self.digest.update(data)
        return data


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
