"""A folder of files that were taken away from where they did harm, each with what is needed to put it back. Follows no link."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import re
import stat
from pathlib import Path, PurePosixPath

import msgspec

from periderm.model.errors import ResponderError

MOST_BYTES = 1 << 30
SPARE_BYTES = 256 << 20  # is left free on the vault's disk
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_BLOCK = 1 << 20
# openat2(2), renameat2(2): asm/unistd.h, linux/openat2.h, linux/fs.h
_OPENAT2, _RENAMEAT2 = 437, 316
_NO_SYMLINKS, _NO_MAGICLINKS, _IN_ROOT = 0x04, 0x02, 0x10
_RENAME_NOREPLACE = 1


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """What the vault knows of a file. `sha256` is of its bytes; times are Unix nanoseconds."""

    path: str
    container_id: str
    mode: int
    user_id: int
    group_id: int
    modified: int
    size: int
    sha256: str


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_strictly(root: int, path: str, flags: int) -> int:
    """Opens below the folder `root`, over no symbolic link at all. Raises OSError."""
    how = _OpenHow(flags | os.O_CLOEXEC, 0, _IN_ROOT | _NO_SYMLINKS | _NO_MAGICLINKS)
    libc = ctypes.CDLL(None, use_errno=True)
    size = ctypes.c_size_t(ctypes.sizeof(how))
    descriptor = libc.syscall(ctypes.c_long(_OPENAT2), root, os.fsencode(path), ctypes.byref(how), size)
    if descriptor < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return int(descriptor)


def _rename(folder: int, old: str, new: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(old), os.fsencode(new)
    call = ctypes.c_long(_RENAMEAT2)
    if libc.syscall(call, folder, names[0], folder, names[1], ctypes.c_uint(_RENAME_NOREPLACE)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), old)


class Vault:
    """`folder` is ours alone (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, effect_id: str, root: int, path: str, container_id: str, expected: tuple[int, int]) -> Quarantined:
        """Copies the file below the folder descriptor `root` into the vault and removes it there. `expected` is its
        (device, inode), 0 for not known. Raises ResponderError; then the file is where it was."""
        place = self._place(effect_id)
        if (known := self.known(effect_id)) is not None:
            return known
        name = PurePosixPath(path).name
        if not path.startswith("/") or not name or name in (".", ".."):
            raise ResponderError(f"{path!r} is no absolute path of a file.")
        parent = file = -1
        try:
            parent = open_strictly(root, str(PurePosixPath(path).parent), os.O_RDONLY | os.O_DIRECTORY)
            # O_NONBLOCK: a pipe that lies there instead does not make us wait
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, dir_fd=parent)
            seen = os.fstat(file)
            self._check(seen, path, expected)
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            digest, size = self._copy(file, place / "content")
            found = Quarantined(
                path=path,
                container_id=container_id,
                mode=stat.S_IMODE(seen.st_mode),
                user_id=seen.st_uid,
                group_id=seen.st_gid,
                modified=seen.st_mtime_ns,
                size=size,
                sha256=digest,
            )
            # what it is, before it goes: a crash in between leaves one copy too many, never one too few
            _write(place / "file.json", msgspec.json.encode(found))
            self._remove(parent, name, seen)
        except OSError as error:
            self._drop(effect_id)
            raise ResponderError(f"{path} cannot be quarantined: {error.strerror}.", "Is it there, and no link?") from error
        except ResponderError:
            self._drop(effect_id)
            raise
        finally:
            for descriptor in (parent, file):
                if descriptor >= 0:
                    os.close(descriptor)
        return found

    def put_back(self, effect_id: str, root: int) -> Quarantined:
        """Writes the file where it was, if its bytes are still those that were taken and nothing else lies there. Raises
        ResponderError; then it stays in the vault."""
        place, known = self._place(effect_id), self.known(effect_id)
        if known is None:
            raise ResponderError(f"The vault holds nothing of {effect_id}.", "It may have been restored already.")
        path = PurePosixPath(known.path)
        parent = file = -1
        fresh = f".{path.name[:200]}.restored"
        try:
            if _digest(place / "content") != known.sha256:
                raise ResponderError(f"The vault's copy of {known.path} is not what was taken: it is not put back.")
            parent = open_strictly(root, str(path.parent), os.O_RDONLY | os.O_DIRECTORY)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(fresh, flags, 0o600, dir_fd=parent)
            with (place / "content").open("rb") as content:
                while block := content.read(_BLOCK):
                    view = memoryview(block)
                    while view:
                        view = view[os.write(file, view) :]
            os.fchown(file, known.user_id, known.group_id)
            os.fchmod(file, known.mode)
            os.utime(file, ns=(known.modified, known.modified))
            _rename(parent, fresh, path.name)
        except OSError as error:
            if parent >= 0 and file >= 0:
                with contextlib.suppress(OSError):
                    os.unlink(fresh, dir_fd=parent)
            raise ResponderError(f"{known.path} cannot be put back: {error.strerror}.", "Move what lies there away.") from error
        finally:
            for descriptor in (parent, file):
                if descriptor >= 0:
                    os.close(descriptor)
        self._drop(effect_id)
        return known

    def known(self, effect_id: str) -> Quarantined | None:
        """What the vault holds of a quarantine; None for nothing."""
        try:
            return msgspec.json.decode((self._place(effect_id) / "file.json").read_bytes(), type=Quarantined)
        except (OSError, msgspec.DecodeError):
            return None

    def _check(self, seen: os.stat_result, path: str, expected: tuple[int, int]) -> None:
        if not stat.S_ISREG(seen.st_mode):
            raise ResponderError(f"{path} is not a regular file.")
        if any(want and want != have for want, have in zip(expected, (seen.st_dev, seen.st_ino), strict=True)):
            raise ResponderError(f"{path} is not the file that was seen: another one lies there now.")
        if seen.st_size > MOST_BYTES:
            raise ResponderError(f"{path} has {seen.st_size >> 20} MiB, more than the vault takes ({MOST_BYTES >> 20} MiB).")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        room = os.statvfs(self._folder)
        if room.f_bavail * room.f_frsize < seen.st_size + SPARE_BYTES:
            raise ResponderError("The vault's disk is nearly full.", "Free some space first.")

    def _copy(self, file: int, to: Path) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        out = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o400)
        with os.fdopen(out, "wb") as copy:
            while block := os.read(file, _BLOCK):
                size += len(block)
                if size > MOST_BYTES:
                    raise ResponderError("The file grew while it was copied.")
                digest.update(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
        return digest.hexdigest(), size

    def _remove(self, parent: int, name: str, seen: os.stat_result) -> None:
        """Moved aside first: what is removed is the file that was copied, whoever changes the name meanwhile."""
        aside = f".periderm-{seen.st_ino:x}-{os.getpid()}"
        _rename(parent, name, aside)
        now = os.stat(aside, dir_fd=parent, follow_symlinks=False)
        if (now.st_dev, now.st_ino) != (seen.st_dev, seen.st_ino):
            with contextlib.suppress(OSError):
                _rename(parent, aside, name)
            raise ResponderError("Another file was put in its place while it was copied; nothing was removed.")
        try:
            os.unlink(aside, dir_fd=parent)
        except OSError:
            with contextlib.suppress(OSError):
                _rename(parent, aside, name)
            raise

    def _drop(self, effect_id: str) -> None:
        place = self._place(effect_id)
        with contextlib.suppress(OSError):
            for name in ("file.json", "content"):
                (place / name).unlink(missing_ok=True)
            place.rmdir()

    def _place(self, effect_id: str) -> Path:
        if not _NAME.fullmatch(effect_id):
            raise ResponderError(f"{effect_id[:80]!r} is no name of a response.")
        return self._folder / effect_id


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
