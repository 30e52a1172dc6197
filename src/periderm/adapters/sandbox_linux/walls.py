"""Puts this process behind walls that it cannot take down again: no new privileges, Landlock, seccomp, resource limits.

Sources: Linux UAPI linux/landlock.h and Documentation/userspace-api/landlock.rst (versions of its interface), seccomp(2),
prctl(2), setrlimit(2).
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from collections.abc import Sequence

from periderm.adapters.sandbox_linux.calls import filter_for

_NO_NEW_PRIVS, _SECCOMP, _PDEATHSIG, _DUMPABLE = 38, 22, 1, 4
_FILTER = 2
_SIGKILL = 9
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_VERSION = 1
_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FIRST_RIGHTS = (1 << 13) - 1  # EXECUTE to MAKE_SYM: version 1
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15  # versions 2, 3 and 5
_WRITE_FILE, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 1, 1 << 5, 1 << 7, 1 << 8
_NETWORK, _SCOPE = 0b11, 0b11  # bind and connect: version 4; abstract sockets and signals: version 6
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
_KEPT = 32 << 20
_libc = ctypes.CDLL(None, use_errno=True)


def landlock_version() -> int:
    """The version of Landlock's interface; 0 where the kernel has none, or it is switched off."""
    return max(0, int(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))))


def seccomp_known() -> bool:
    """Whether there is a filter for this machine and a kernel that takes filters."""
    return filter_for(os.uname().machine, 0) is not None and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def own_folders() -> tuple[str, ...]:
    """What Python itself must read to load code that it needs later: its libraries, and ours."""
    import msgspec

    import periderm

    ours = os.path.dirname(periderm.__file__ or "")
    installed = os.path.dirname(os.path.dirname(msgspec.__file__))
    standard = os.path.dirname(os.__file__)
    system = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
    return (ours, installed, standard, *system)


def limit(memory: int, file: int) -> None:
    """Private memory that the child may take (RLIMIT_DATA, beside what it was born with, which is its parent's), and the
    size of files, in bytes; no core. Only ever lowers."""
    taken = _born_with() + memory
    for kind, most in ((resource.RLIMIT_DATA, taken), (resource.RLIMIT_FSIZE, file), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (allowed, allowed))


def _born_with() -> int:
    """Bytes that are private to this process already (proc_pid_statm(5): data and stack); 0 where nobody tells."""
    try:
        # As bytes: a codec would be loaded from files that a child may not be allowed to read.
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def keep_memory() -> None:
    """Memory that is let go of stays with the process, up to a bound: pieces of a megabyte would otherwise be given back to
    the kernel and taken, empty, from it again. No C library but glibc knows of it, and none has to."""
    tune = getattr(_libc, "mallopt", None)
    if tune is not None:
        tune(_MMAP_THRESHOLD, _KEPT)
        tune(_TRIM_THRESHOLD, _KEPT)


def give_up_privileges() -> None:
    """No program gains rights from here on; the parent's end is ours; nobody of the same user may look inside."""
    for option, value in ((_NO_NEW_PRIVS, 1), (_PDEATHSIG, _SIGKILL), (_DUMPABLE, 0)):
        if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl")


def restrict_files(readable: Sequence[str], writable: Sequence[str]) -> bool:
    """Landlock: only these paths, whatever user this is. False where the kernel has it not."""
    version = landlock_version()
    if not version:
        return False
    handled = _FIRST_RIGHTS
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        handled |= right if version >= since else 0
    parts = [handled]
    if version >= 4:
        parts.append(_NETWORK)
    if version >= 6:
        parts.append(_SCOPE)
    attributes = struct.pack(f"={len(parts)}Q", *parts)
    rules = _checked(_libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)), "create_ruleset")
    try:
        write = _WRITE_FILE | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | (_TRUNCATE if version >= 3 else 0)
        for paths, rights in ((readable, _READ_FILE | _READ_DIR), (writable, _READ_FILE | _READ_DIR | write)):
            for path in paths:
                _allow(rules, path, rights)
        _checked(_libc.syscall(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0)), "restrict_self")
    finally:
        os.close(rules)
    return True


def _allow(rules: int, path: str, rights: int) -> None:
    """One path; what is not there needs no permission."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _READ_FILE | _WRITE_FILE | _TRUNCATE
        rule = struct.pack("=Qi", rights, fd)
        _checked(_libc.syscall(_ADD, ctypes.c_int(rules), ctypes.c_int(_BENEATH), rule, ctypes.c_uint32(0)), "add_rule")
    finally:
        os.close(fd)


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def restrict_calls() -> bool:
    """seccomp: only the calls of `calls.ALLOWED`, for this process and all its threads to come. False where there is no
    filter for this machine, or the kernel takes none."""
    code = filter_for(os.uname().machine, os.getpid())
    if code is None:
        return False
    program = _Program(len(code) // 8, code)
    return int(_libc.prctl(_SECCOMP, ctypes.c_ulong(_FILTER), ctypes.byref(program), 0, 0)) == 0


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"landlock_{what}: {os.strerror(number)}")
    return result
