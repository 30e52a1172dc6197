"""What no policy and no person can have hit: the machine's first process, kernel threads, the container runtime, the product
itself, and workloads that are exempt. Pure: it is told what would be hit, and looks at nothing itself."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Sequence

from periderm.engines.runtime import programs
from periderm.model.asset import Container
from periderm.model.effect import Target
from periderm.model.event import Subject
from periderm.model.policy import Policy
from periderm.model.text import Text

OWN_PROGRAM = "periderm"
INIT = frozenset({"systemd", "init", "openrc-init", "runit", "s6-svscan", "dinit", "systemd-executor"})

FIRST = Text("It is the machine's first process.", "它是本机的首个进程。")
KERNEL = Text("It is a thread of the kernel.", "它是内核线程。")
RUNTIME = Text("It belongs to the container runtime.", "它属于容器运行时。")
OURSELVES = Text("It is the product itself.", "它是本产品自身。")
UNKNOWN = Text("It is no process that could be told from others.", "无法确定它是哪个进程。")
EXEMPT = Text("{name} is exempt: nothing is ever done to it.", "{name} 已豁免：绝不对其采取任何动作。")


def guarded(target: Target, protected: Collection[int]) -> Text | None:
    """Why this process is never hit; None if it may be. `protected` are pids of the product's own processes.

    Names are believed on the host only: in a container anybody can be called `runc`.
    """
    name = programs.base(target.executable) if target.on_host else ""
    own = target.on_host and target.argv[1:3] == ("-m", OWN_PROGRAM)
    reasons = (
        (target.pid <= 0, UNKNOWN),
        (target.pid == 1 or (name in INIT and target.parent == 0), FIRST),
        (target.kernel_thread or target.pid == 2, KERNEL),
        (target.pid in protected or name == OWN_PROGRAM or own, OURSELVES),
        (name in programs.CONTAINER_RUNTIMES, RUNTIME),
    )
    return next((reason for holds, reason in reasons if holds), None)


def exempted(subject: Subject, policy: Policy, names: Sequence[str]) -> Text | None:
    """Why nothing may be done to this subject; None if it may. `names` are the globs of the machine's own list, compared
    with the names of the subject and, for a container, with its workload and image too."""
    own = {subject.name}
    if isinstance(subject, Container):
        own |= {subject.workload_id, subject.image_name}
    listed = any(name and fnmatch.fnmatchcase(name, glob) for glob in names if glob for name in own)
    return EXEMPT.fill(name=subject.name) if policy.exempt or listed else None
