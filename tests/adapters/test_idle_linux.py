"""A thread gives way, and so does what it starts; its process does not."""

from __future__ import annotations

import os
import threading

from periderm.adapters.idle_linux import NICEST, give_way


def test_a_thread_and_its_children_give_way() -> None:
    """The scheduling class and niceness are inherited over fork, and the other threads keep theirs."""
    found: list[tuple[int, int]] = []

    def work() -> None:
        give_way()
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(theirs, b"%d %d" % (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)))
            os._exit(0)
        os.waitpid(pid, 0)
        policy, niceness = os.read(ours, 100).split()
        found.append((int(policy), int(niceness)))
        os.close(ours)
        os.close(theirs)

    before = (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [(os.SCHED_IDLE, NICEST)]
    assert (os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0)) == before
