"""For which workload a process works, and how it came to run: of a container by the runtime's way in, of a host by the service
that init started. It changes the one actor that it is given, and remembers nobody."""

from __future__ import annotations

from periderm.engines.baseline.actor import (
    INIT_PARENT,
    JOB,
    LOGIN,
    NAMELESS,
    RUNTIME_PARENT,
    SESSION_FLAGS,
    TASK,
    Actor,
)
from periderm.engines.baseline.host_work import ad_hoc, launches, nameless
from periderm.engines.baseline.programs import INIT, LOGINS
from periderm.model.asset import Container
from periderm.model.event import Subject
from periderm.model.identity import workload_id


def place(actor: Actor, above: Actor | None, subject: Subject, *, came: bool, seen: bool = False) -> None:
    """For which workload it works, and who started it."""
    if isinstance(subject, Container):
        _in_container(actor, above, subject, came=came)
    else:
        _on_host(actor, above, seen=seen)


def _in_container(actor: Actor, above: Actor | None, subject: Container, *, came: bool) -> None:
    inside = above is not None and above.subject == subject.id and not above.runtime
    actor.above = above.program if inside and above is not None else RUNTIME_PARENT
    actor.chain = f"{above.above} > {above.program}" if inside and above is not None else ""
    actor.workload = "" if actor.runtime else subject.normal_id
    if subject.pid and actor.pid == subject.pid:
        actor.how = "entrypoint"
    elif actor.flags & SESSION_FLAGS:
        actor.how = "health" if inside and above is not None and above.how == "health" else "exec"
    elif inside and above is not None:
        actor.how = above.how
    else:
        actor.how = "exec" if came and subject.pid else "entrypoint" if came else ""
    if actor.how == "exec" and not actor.distrust:
        actor.distrust = "session"


def _on_host(actor: Actor, above: Actor | None, *, seen: bool) -> None:
    """`seen`: it is started now, before our eyes."""
    below_init = actor.pid != 1 and (above is None or above.pid == 1 or (above.exe in INIT and not above.workload))
    upper = above if above is not None and not below_init else None
    # One whose parent ended before it has init for a parent too, and works on for whom it was begun.
    orphan = below_init and bool(actor.service or actor.how in (LOGIN, TASK))
    actor.above = INIT_PARENT if upper is None else upper.program
    actor.chain = "" if upper is None else f"{upper.above} > {upper.program}"
    actor.how = _how(actor, upper, actor.how if orphan else "")
    if actor.how == LOGIN:
        actor.distrust = actor.distrust or "session"
    if actor.pid == 1 or (below_init and actor.exe in INIT):
        actor.service, actor.workload = "", ""
        return
    if not orphan and (below_init or not actor.service) and actor.how not in (LOGIN, TASK):
        actor.service = actor.program
        if nameless(actor.program):
            actor.how, actor.distrust = "host" if seen else TASK, actor.distrust or NAMELESS
        elif ad_hoc(actor.program):
            actor.how = TASK
    if actor.how == TASK:
        actor.service = ""
    elif not actor.service:
        actor.service = actor.program
    works = not (actor.runtime or actor.how == TASK)
    actor.workload = workload_id("service", "", actor.service) if works else ""


def _how(actor: Actor, above: Actor | None, before: str) -> str:
    """How a process of the host came to run. `before`: how it did until its parent ended."""
    if LOGIN in (before, above.how if above is not None else ""):
        return LOGIN
    if actor.tty or (above is not None and _name(above.program) in LOGINS and _name(actor.program) not in LOGINS):
        return LOGIN
    if before == TASK or (above is not None and (above.how == TASK or above.distrust == NAMELESS)):
        return TASK
    if before == JOB or (above is not None and (above.how == JOB or launches(above.program))):
        return JOB
    return "host"


def _name(program: str) -> str:
    return program.rpartition("/")[2].partition(" ")[0]
