"""One process as the baseline sees it, and the words for how it came to run. Values only; who is whose child is `actors`."""

from __future__ import annotations

import msgspec

from periderm.model.event import EventFlag

SESSION_FLAGS = int(EventFlag.EXEC_SESSION | EventFlag.FOREIGN)
NAMELESS = "nameless"  # what forbids learning from a service whose program has no file of its own
LOGIN, TASK, JOB = "login", "task", "job"
RUNTIME_PARENT = "runtime"
INIT_PARENT = "init"


class Actor(msgspec.Struct, kw_only=True):
    """A process as the baseline sees it; changed in place.

    `subject` is the asset id of its container or node. `workload` is '' where nothing is judged (the runtime's own steps, init
    itself). `program` as in Behaviour; `above` is the program that started it, `chain` is 'GRANDPARENT > PARENT'. `how` is
    'entrypoint', 'exec' (a session brought into a container), 'health' (its health check), 'login' (a session on the host),
    'task' (ad hoc work on the host), 'job' (below what runs anything for others), 'host', or ''. `distrust` is the id of what
    forbids learning from it ('' none): an alert's, a session's, 'session' for one that nobody announced, or 'nameless';
    `distrusted` is when an alert made it so (Unix nanoseconds). `flags` are those of its last exec. `role` is what the engine
    calls the whole of it, -1 while it is not known.
    """

    key: int
    parent: int
    pid: int
    subject: str
    workload: str = ""
    service: str = ""
    program: str = ""
    exe: str = ""
    argv: tuple[str, ...] = ()
    uid: int = 0
    started: int = 0
    ended: int = 0
    above: str = ""
    chain: str = ""
    how: str = ""
    tty: bool = False
    flags: int = 0
    runtime: bool = False
    distrust: str = ""
    distrusted: int = 0
    session: str = ""
    listening: bool = False
    role: int = -1
