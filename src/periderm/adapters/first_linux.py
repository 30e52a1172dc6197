"""Lets the calling process, and what it starts, go before others where cores are short. It takes no more than it needs.

sched(7): a process at -10 has nine times the weight of one at 0 while both want to run. Where the kernel groups processes by
session (autogroup), that holds only within the group, which has a priority of its own. Needs CAP_SYS_NICE.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

FIRST = -10
AUTOGROUP = Path("/proc/self/autogroup")


def go_first() -> bool:
    """For the calling thread and those that it makes later, and for its session if it leads one; False where it may not, or
    where somebody chose already."""
    if os.getpriority(os.PRIO_PROCESS, 0) != 0:
        return False
    try:
        os.setpriority(os.PRIO_PROCESS, 0, FIRST)
    except OSError:
        return False
    if os.getsid(0) == os.getpid():  # a session of others, like that of a terminal, stays as it is
        with contextlib.suppress(OSError):
            AUTOGROUP.write_text(str(FIRST), "ascii")
    return True
