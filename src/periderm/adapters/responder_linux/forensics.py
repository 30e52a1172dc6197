"""One archive of what can be known of a process and its container now: `.tar.zst`, each member named by us, all within
limits, with a manifest of SHA-256 digests. It changes nothing that it looks at."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from periderm.adapters.responder_linux.packets import listen
from periderm.adapters.responder_linux.vault import open_strictly
from periderm.formats.proc_environ import parse_cmdline, parse_environ
from periderm.model.effect import CaptureForensics, Target
from periderm.model.errors import ResponderError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES = 512 << 20  # of all members, before compression
MOST_TEXT = 4 << 20  # of one file of /proc
MOST_FILE = 64 << 20  # of one file's bytes
MOST_PROCESSES = 256
MOST_DESCRIPTORS = 4096
MOST_FILES = 32
SPARE_BYTES = 256 << 20
_TEXTS = ("maps", "status", "mountinfo", "limits", "cgroup", "stat", "wchan")
_NETS = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "unix", "packet", "route", "arp", "dev")
_NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the manifest: `source` is where the bytes came from; `cut` says that there was more."""

    name: str
    source: str
    size: int
    sha256: str
    cut: bool = False


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """The archive: its path, its own digest, and how many members it has."""

    path: str
    sha256: str
    size: int
    members: int


class _Archive:
    def __init__(self, tar: tarfile.TarFile, time: int) -> None:
        self._tar = tar
        self._time = time
        self.members: list[Member] = []
        self.missed: list[str] = []
        self._left = MOST_BYTES

    def add(self, name: str, source: str, data: bytes, *, cut: bool = False, whatever: bool = False) -> None:
        if len(data) > self._left and not whatever:
            self.missed.append(f"{name}: the archive's limit of {MOST_BYTES >> 20} MiB is reached")
            return
        self._left -= len(data)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(data), 0o400, self._time // 10**9
        self._tar.addfile(entry, io.BytesIO(data))
        digest = hashlib.sha256(data).hexdigest()
        self.members.append(Member(name=name, source=_plain(source), size=len(data), sha256=digest, cut=cut))

    def value(self, name: str, source: str, value: object) -> None:
        self.add(name, source, msgspec.json.format(msgspec.json.encode(value), indent=1))


class Forensics:
    """`folder` is where archives are kept, ours alone. `target` tells of a process."""

    def __init__(self, folder: Path, target: Callable[[int], Target | None], proc_root: Path = Path("/proc")) -> None:
        self._folder = folder
        self._target = target
        self._proc = proc_root

    def capture(self, effect: CaptureForensics, pid: int, members: Sequence[int], events: bytes, now: int) -> Captured:
        """Captures around process `pid`, with `members` of its container; `events` are JSON lines. Raises ResponderError."""
        import zstandard

        name = Path(effect.archive or f"{effect.id}.tar.zst").name
        final, fresh = self._folder / name, self._folder / f".{name}.part"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            room = os.statvfs(self._folder)
            if room.f_bavail * room.f_frsize < MOST_BYTES + SPARE_BYTES:
                raise ResponderError("The disk for captures is nearly full.", "Remove old captures first.")
            flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
            with os.fdopen(os.open(fresh, flags, 0o600), "w+b") as file:
                with (
                    zstandard.ZstdCompressor(level=6).stream_writer(file, closefd=False) as packed,
                    tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
                ):
                    archive = _Archive(tar, now)
                    self._fill(archive, effect, pid, members, events)
                    self._finish(archive, effect, now)
                file.flush()
                os.fsync(file.fileno())
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                size = os.fstat(file.fileno()).st_size
            fresh.rename(final)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise ResponderError(f"The capture cannot be written: {error.strerror}.", f"Look at {self._folder}.") from error
        return Captured(path=str(final), sha256=digest, size=size, members=len(archive.members) + 1)

    def _fill(self, archive: _Archive, effect: CaptureForensics, pid: int, members: Sequence[int], events: bytes) -> None:
        archive.add("events.jsonl", "history", events)
        pids = list(dict.fromkeys([pid, *members]))[:MOST_PROCESSES]
        targets = [t for each in pids if (t := self._target(each)) is not None]
        if len(members) > MOST_PROCESSES:
            archive.missed.append(f"processes: only {MOST_PROCESSES} of {len(members)} were looked at")
        archive.value("processes.json", "/proc", [self._summary(t) for t in targets])
        for target in targets:
            self._process(archive, target.pid, whole=target.pid == pid)
        for name in _NETS:
            self._text(archive, f"net/{name}", self._proc / str(pid) / "net" / name)
        self._executable(archive, pid)
        for number, path in enumerate(effect.files[:MOST_FILES]):
            self._file(archive, f"files/{number}.bin", pid, path)
        if effect.packets > 0:
            try:
                data, cut = listen(pid, effect.packets, self._proc)
                archive.add("packets.pcap", f"network of process {pid} for {effect.packets} s", data, cut=cut)
            except ResponderError as error:
                archive.missed.append(f"packets.pcap: {error.what}")

    def _finish(self, archive: _Archive, effect: CaptureForensics, now: int) -> None:
        head = {"format": "periderm-capture-1", "time": now, "effect": msgspec.to_builtins(effect)}
        data = msgspec.json.encode({**_safe(head), "members": archive.members, "missed": archive.missed})
        archive.add("manifest.json", "this archive", msgspec.json.format(data, indent=1), whatever=True)

    def _summary(self, target: Target) -> dict[str, object]:
        argv = parse_cmdline(self._read(self._proc / str(target.pid) / "cmdline")[0])
        return {
            "pid": target.pid,
            "parent": target.parent,
            "started": target.started,
            "executable": _plain(target.executable),
            "argv": [_plain(word) for word in argv],
        }

    def _process(self, archive: _Archive, pid: int, *, whole: bool) -> None:
        folder, own = f"process/{pid}", self._proc / str(pid)
        for name in _TEXTS if whole else ("maps", "status"):
            self._text(archive, f"{folder}/{name}", own / name)
        data, cut = self._read(own / "environ")
        lines = "".join(f"{name}={value}\n" for name, value in parse_environ(data))
        archive.add(f"{folder}/environ", f"/proc/{pid}/environ, secrets masked", _bytes(lines), cut=cut)
        archive.value(f"{folder}/descriptors.json", f"/proc/{pid}/fd", self._links(own / "fd"))
        if whole:
            found = {name: self._link(own / "ns" / name) for name in _NAMESPACES}
            archive.value(f"{folder}/namespaces.json", f"/proc/{pid}/ns", found)

    def _links(self, folder: Path) -> dict[str, str]:
        try:
            names = sorted(os.listdir(folder), key=lambda n: (len(n), n))[:MOST_DESCRIPTORS]
        except OSError:
            return {}
        return {name: self._link(folder / name) for name in names}

    def _link(self, path: Path) -> str:
        try:
            return _plain(os.readlink(path))
        except OSError:
            return ""

    def _text(self, archive: _Archive, name: str, path: Path) -> None:
        data, cut = self._read(path)
        if data:
            archive.add(name, str(path), data, cut=cut)

    def _read(self, path: Path) -> tuple[bytes, bool]:
        try:
            with path.open("rb") as file:
                data = file.read(MOST_TEXT + 1)
        except (OSError, ValueError):
            return b"", False
        return data[:MOST_TEXT], len(data) > MOST_TEXT

    def _executable(self, archive: _Archive, pid: int) -> None:
        """By the kernel's own link: also of a file that was deleted or never had a name."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self._proc / str(pid) / "exe", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            self._bytes_of(archive, "executable.bin", f"/proc/{pid}/exe", descriptor)

    def _file(self, archive: _Archive, name: str, pid: int, path: str) -> None:
        try:
            root = os.open(self._proc / str(pid) / "root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                descriptor = open_strictly(root, path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
            finally:
                os.close(root)
        except OSError as error:
            archive.missed.append(f"{_plain(path)}: {error.strerror}")
            return
        self._bytes_of(archive, name, path, descriptor)

    def _bytes_of(self, archive: _Archive, name: str, source: str, descriptor: int) -> None:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            archive.missed.append(f"{_plain(source)}: not a regular file")
            return
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(MOST_FILE + 1)
        archive.add(name, source, data[:MOST_FILE], cut=len(data) > MOST_FILE)


def _plain(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


def _safe(value: dict[str, object]) -> dict[str, object]:
    """The same with every text encodable."""

    def clean(each: object) -> object:
        if isinstance(each, str):
            return _plain(each)
        if isinstance(each, dict):
            return {_plain(str(k)): clean(v) for k, v in each.items()}
        return [clean(v) for v in each] if isinstance(each, Iterable) and not isinstance(each, bytes) else each

    return {key: clean(item) for key, item in value.items()}
