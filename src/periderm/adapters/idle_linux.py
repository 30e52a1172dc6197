"""Makes the calling thread, and what it starts, give way to everybody else: processor and disk. It limits no memory.

sched(7): SCHED_IDLE; ioprio_set(2): the class 'idle'. Both are allowed without privileges, and are inherited over fork.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform

_IDLE_CLASS = 3 << 13  # IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0), linux/ioprio.h
_WHO_PROCESS = 1  # IOPRIO_WHO_PROCESS; 0 as the process is the calling thread
_CALLS = {"x86_64": 251, "aarch64": 30}  # __NR_ioprio_set of asm/unistd_64.h and asm-generic/unistd.h
NICEST = 19


def give_way() -> None:
    """For the calling thread, for good. What the kernel refuses is left as it is: the scan is then merely nice."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICEST)
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    number = _CALLS.get(platform.machine())
    if number is not None:
        ctypes.CDLL(None, use_errno=True).syscall(number, _WHO_PROCESS, 0, _IDLE_CLASS)
