"""After loading, the sensor's process keeps only what it needs: capset and prctl by ctypes (capabilities(7)).

Kept: KILL (responses), SYS_PTRACE and DAC_READ_SEARCH (read /proc/PID of others), BPF and PERFMON (maps of the kernel
side). Freezing a container's cgroup needs no capability: the files belong to root. Given up for good are the others,
also for children: `no_new_privs` and the bounding set. Unmounting bpffs at the stop is then left to the supervisor.
"""

from __future__ import annotations

import ctypes
import os

from periderm.model.errors import SensorError

CAP_DAC_READ_SEARCH = 2
CAP_KILL = 5
CAP_SYS_PTRACE = 19
CAP_PERFMON = 38
CAP_BPF = 39
KEPT = (CAP_DAC_READ_SEARCH, CAP_KILL, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF)

PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
LINUX_CAPABILITY_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def drop_privileges(keep: tuple[int, ...] = KEPT) -> tuple[int, ...]:
    """Gives up all capabilities but `keep`. Returns those that are left. Raises SensorError.

    Only for the calling thread and threads made later: call it before threads are started.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero)
    libc.prctl(PR_CAP_AMBIENT, ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL), zero, zero, zero)
    for number in range(64):
        if number not in keep and libc.prctl(PR_CAPBSET_READ, ctypes.c_ulong(number), zero, zero, zero) == 1:
            libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(number), zero, zero, zero)
    header = _Header(LINUX_CAPABILITY_VERSION_3, 0)
    data = (_Data * 2)()
    if libc.capget(ctypes.byref(header), data) != 0:
        raise SensorError("The capabilities of this process cannot be read.")
    for half in range(2):
        mask = sum(1 << (number - 32 * half) for number in keep if number // 32 == half)
        data[half].permitted &= mask
        data[half].effective = data[half].permitted
        data[half].inheritable = 0
    if libc.capset(ctypes.byref(header), data) != 0:
        raise SensorError(f"Privileges cannot be given up: {os.strerror(ctypes.get_errno())}.", "Run as root.")
    return tuple(number for number in range(64) if data[number // 32].permitted >> (number % 32) & 1)
