"""The folder in bpffs where links and maps outlive the agent: made, locked, listed, removed.

bpffs is mounted if it is not, and unmounted only by the one who mounted it.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
from pathlib import Path

from periderm.model.errors import SensorError

BPFFS = "/sys/fs/bpf"
DEFAULT_PIN_DIR = f"{BPFFS}/periderm"


def is_bpffs(path: str) -> bool:
    """Whether a BPF file system is mounted at `path`."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text()
    except OSError:
        return False
    return any(line.split()[4] == path and " - bpf " in line for line in mounts.splitlines())


def mount_bpffs() -> bool:
    """Mounts bpffs where there is none. True if we did it. Raises SensorError."""
    if is_bpffs(BPFFS):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"bpf", BPFFS.encode(), b"bpf", ctypes.c_ulong(0), b"mode=0700") != 0:
        reason = os.strerror(ctypes.get_errno())
        raise SensorError(f"{BPFFS} cannot be mounted: {reason}.", "Mount it: mount -t bpf bpf /sys/fs/bpf")
    return True


def unmount_bpffs() -> bool:
    """Unmounts bpffs if nothing of anybody is left in it (the kernel's own iterators are always there). True if it is
    gone; False also without the privilege to do so."""
    try:
        if any(path.suffix != ".debug" for path in Path(BPFFS).iterdir()):
            return False
    except OSError:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.umount(BPFFS.encode()) == 0)


class PinFolder:
    """One agent's folder, locked while this object is open, so that two agents never share a ring's reader."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._mounted = path.startswith(BPFFS + "/") and mount_bpffs()
        try:
            os.makedirs(path, mode=0o700, exist_ok=True)
            self._lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise SensorError(f"The pin folder {path} cannot be made: {error.strerror}.", "Run as root.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise SensorError("Another sensor is running here.", "Stop the other agent first.") from error

    def entry(self, name: str) -> str:
        """Path of one pin."""
        return os.path.join(self.path, name)

    def names(self) -> list[str]:
        """What is pinned."""
        return sorted(os.listdir(self.path))

    def clear(self) -> None:
        """Removes all pins: links first, so that nothing runs half-removed."""
        for name in sorted(self.names(), key=lambda name: not name.startswith("link_")):
            os.unlink(self.entry(name))

    def close(self, *, remove: bool) -> None:
        """Gives up the lock; with `remove` the folder goes, and bpffs if we mounted it and it is empty."""
        if remove:
            self.clear()
            os.rmdir(self.path)
        os.close(self._lock)
        if remove and self._mounted:
            unmount_bpffs()


def remove_orphans(pin_dir: str = DEFAULT_PIN_DIR) -> list[str]:
    """For `doctor --clean`: removes what a crashed agent left pinned. Returns what was removed, [] if nothing.

    Raises SensorError if an agent is using it.
    """
    if not os.path.isdir(pin_dir):
        return []
    folder = PinFolder(pin_dir)
    names = [folder.entry(name) for name in folder.names()]
    folder.close(remove=True)
    return [*names, pin_dir]
