"""`ports.diagnosis.MachineProbe` on Linux: reads /proc and /sys, looks for programs, asks the kernel one harmless question.

Says what is; whether that is enough is decided in `app.doctor`.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import resource
import shutil
import socket
import struct
from pathlib import Path

from periderm.ports.diagnosis import MachineFacts

_PROGRAMS = ("podman", "runc", "crun", "debootstrap", "clang", "gcc", "docker", "containerd")
_MODULES = ("msgspec", "numpy", "sqlalchemy", "alembic", "starlette", "uvicorn", "jinja2", "hyperscan", "isal", "zstandard")
# capabilities(7), bit numbers of <linux/capability.h>: what the sensor and the responses need.
_CAPABILITIES = {
    "CAP_KILL": 5,
    "CAP_SYS_PTRACE": 19,
    "CAP_SYS_ADMIN": 21,
    "CAP_SYS_RESOURCE": 24,
    "CAP_PERFMON": 38,
    "CAP_BPF": 39,
}
_BPF_NUMBER = {"x86_64": 321, "aarch64": 280}  # __NR_bpf
_BPF_MAGIC = 0xCAFE4A11  # BPF_FS_MAGIC, <linux/magic.h>
_ROLES = ("up", "agent", "server", "worker", "demo", "record")


class LinuxProbe:
    """`bpf_object` is where the kernel program should be."""

    def __init__(self, state: str, port: int, bpf_object: Path) -> None:
        self._state = state
        self._port = port
        self._object = bpf_object

    def facts(self) -> MachineFacts:
        """All in a few milliseconds."""
        ids, name = _os_release()
        folder = self._existing(Path(self._state))
        limit = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
        return MachineFacts(
            root=os.geteuid() == 0,
            os_ids=ids,
            os_name=name,
            kernel=platform.release(),
            architecture=platform.machine(),
            btf=Path("/sys/kernel/btf/vmlinux").is_file(),
            bpf=_try_bpf(),
            libbpf=_has_libbpf(),
            bpffs=_magic("/sys/fs/bpf") == _BPF_MAGIC,
            bpf_object=str(self._object) if self._object.is_file() else "",
            capabilities=_held(),
            memlock=-1 if limit == resource.RLIM_INFINITY else limit,
            lsm=tuple(_text("/sys/kernel/security/lsm").split(",")) if _text("/sys/kernel/security/lsm") else (),
            cgroup=_cgroup(),
            programs={program: shutil.which(program, path=_search_path()) or "" for program in _PROGRAMS},
            modules_missing=tuple(module for module in _MODULES if importlib.util.find_spec(module) is None),
            state=self._state,
            state_writable=os.access(folder, os.W_OK | os.X_OK),
            disk_free=shutil.disk_usage(folder).free,
            port=self._port,
            port_state=self._port_state(),
            running=_running(),
            fanotify=_try_fanotify(),
        )

    def _existing(self, folder: Path) -> Path:
        """The folder, or the nearest one above it that is there."""
        while not folder.is_dir() and folder != folder.parent:
            folder = folder.parent
        return folder

    def _port_state(self) -> str:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self._port))
            except OSError:
                return "ours" if any(role == "server" for _, role in _running(anybody=True)) else "taken"
        return "free"


_CLASS_CONTENT = 0x5  # FAN_CLOEXEC | FAN_CLASS_CONTENT, <linux/fanotify.h>
_OPEN_EXEC_PERM = 0x40000
_MARK_ADD = 0x1


def _try_fanotify() -> str:
    """Asks for a group that may refuse, and for a mark on a file of no folder, which nobody else can start."""
    libc = ctypes.CDLL(None, use_errno=True)
    mark = libc.fanotify_mark
    mark.argtypes = (ctypes.c_int, ctypes.c_uint, ctypes.c_uint64, ctypes.c_int, ctypes.c_char_p)
    group = libc.fanotify_init(ctypes.c_uint(_CLASS_CONTENT), ctypes.c_uint(os.O_RDONLY | os.O_CLOEXEC))
    if group < 0:
        return os.strerror(ctypes.get_errno())
    nobody = os.memfd_create("periderm-doctor", os.MFD_CLOEXEC)
    try:
        if mark(group, _MARK_ADD, _OPEN_EXEC_PERM, -1, f"/proc/self/fd/{nobody}".encode()) != 0:
            return os.strerror(ctypes.get_errno())
        return ""
    finally:
        os.close(nobody)
        os.close(group)


def _search_path() -> str:
    """Programs of the administrator are looked for too, although a user's PATH may not name their folders."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(100_000).strip()
    except OSError:
        return ""


def _os_release() -> tuple[tuple[str, ...], str]:
    """(ID and ID_LIKE, PRETTY_NAME) of os-release(5)."""
    values: dict[str, str] = {}
    for line in (_text("/etc/os-release") or _text("/usr/lib/os-release")).splitlines():
        key, _, value = line.partition("=")
        values[key] = value.strip("\"'")
    ids = (values.get("ID", ""), *values.get("ID_LIKE", "").split())
    return tuple(i for i in ids if i), values.get("PRETTY_NAME", "")


def _try_bpf() -> str:
    """Creates a map of one element and closes it: what the sensor does first (BPF_MAP_CREATE, BPF_MAP_TYPE_ARRAY)."""
    number = _BPF_NUMBER.get(platform.machine())
    if number is None:
        return f"the system call's number on {platform.machine()} is not known"
    attributes = ctypes.create_string_buffer(struct.pack("=IIII", 2, 4, 4, 1), 128)
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.syscall(number, 0, attributes, len(attributes))
    if descriptor < 0:
        return os.strerror(ctypes.get_errno())
    os.close(descriptor)
    return ""


def _has_libbpf() -> bool:
    try:
        ctypes.CDLL("libbpf.so.1")
    except OSError:
        return False
    return True


def _magic(path: str) -> int:
    """`f_type` of statfs(2), which os.statvfs does not tell; 0 if it cannot be asked."""
    buffer = ctypes.create_string_buffer(256)
    if ctypes.CDLL(None, use_errno=True).statfs(path.encode(), buffer):
        return 0
    return int(struct.unpack_from("=q", buffer.raw)[0]) & 0xFFFFFFFF


def _held() -> tuple[str, ...]:
    for line in _text("/proc/self/status").splitlines():
        if line.startswith("CapEff:"):
            bits = int(line.split()[1], 16)
            return tuple(name for name, bit in _CAPABILITIES.items() if bits >> bit & 1)
    return ()


def _cgroup() -> str:
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        return "v2"
    if (root / "unified" / "cgroup.procs").exists():
        return "hybrid"
    return "v1" if root.is_dir() and any(root.iterdir()) else ""


def _running(*, anybody: bool = False) -> tuple[tuple[int, str], ...]:
    """(pid, role) of processes of this user (or anybody's) that were started as `… periderm ROLE …`."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdecimal() or int(name) == os.getpid():
            continue
        try:
            if not anybody and os.stat(f"/proc/{name}").st_uid != os.geteuid():
                continue
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read(4096).decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        for index, word in enumerate(words[:4]):
            if os.path.basename(word) == "periderm" and index + 1 < len(words) and words[index + 1] in _ROLES:
                found.append((int(name), words[index + 1]))
                break
    return tuple(sorted(found))
