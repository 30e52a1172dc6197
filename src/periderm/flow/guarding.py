"""From policies to what guards refuse, and from refusals to events and gaps. Which policy holds is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from periderm.model.asset import Container, Node
from periderm.model.event import Event, EventFlag, Subject
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.ids import stable_id
from periderm.model.policy import Policy, PolicyMode
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.guard import Guard, GuardPolicy, Refusal

Inodes = Callable[[Container, Sequence[str]], tuple[tuple[int, int], ...]]
_STEP = Text("Calls pass meanwhile; the kill at exec goes on.", "其间调用放行；exec 时的终止仍在生效。")


def guard_policy(container: Container, policy: Policy, inodes_of: Inodes) -> GuardPolicy:
    """What a policy wants refused for a container. Mode `observe` wants nothing, `alert` wants to know."""
    if policy.mode is PolicyMode.OBSERVE or policy.exempt:
        return GuardPolicy(subject_id=container.id, pid=container.pid, mount_namespace=container.mount_namespace)
    return GuardPolicy(
        subject_id=container.id,
        pid=container.pid,
        mount_namespace=container.mount_namespace,
        overlay_upper=container.overlay_upper,
        enforce=policy.mode is PolicyMode.ENFORCE,
        drift=policy.kill_drift,
        memory=policy.kill_memory,
        exec_inodes=inodes_of(container, policy.kill_executables) if policy.kill_executables else (),
        open_inodes=inodes_of(container, policy.refuse_open) if policy.refuse_open else (),
        paths=(*policy.kill_executables, *policy.refuse_open),
        modules=policy.refuse_modules,
        ptrace=policy.refuse_ptrace,
        mount=policy.refuse_mount,
    )


class Guarding:
    """`guards` by the name of the policy's switch: 'fanotify', 'lsm'."""

    def __init__(self, node: Node, guards: Sequence[Guard], inodes_of: Inodes, clock: Clock) -> None:
        self._node = node
        self._guards = tuple(guards)
        self._inodes_of = inodes_of
        self._clock = clock
        self._subjects: dict[str, Container] = {}
        self._told_missing: set[str] = set()
        self._gaps: list[CoverageGap] = []

    def program(self, held: Sequence[tuple[Subject, Policy]]) -> None:
        """Each guard gets the containers whose policy switches it on."""
        containers = [(s, p) for s, p in held if isinstance(s, Container) and s.pid > 0]
        self._subjects = {s.id: s for s, _ in containers}
        for guard in self._guards:
            chosen = [(s, p) for s, p in containers if (p.fanotify if guard.name() == "fanotify" else p.lsm)]
            missing = guard.missing()
            if missing and chosen and guard.name() not in self._told_missing:
                self._told_missing.add(guard.name())
                self._gaps.append(self._gap(guard.name(), missing))
            guard.program(() if missing else [guard_policy(s, p, self._inodes_of) for s, p in chosen])

    def look(self) -> tuple[list[Event], list[CoverageGap]]:
        """Says that the agent lives, and takes what happened since the last time."""
        events: list[Event] = []
        gaps, self._gaps = self._gaps, []
        for guard in self._guards:
            guard.heartbeat()
            news = guard.news()
            events += [event for refusal in news.refusals if (event := self._event(refusal)) is not None]
            gaps += [self._gap(guard.name(), text) for text in news.problems]
        return events, gaps

    def close(self) -> None:
        """Ends all guards."""
        for guard in self._guards:
            guard.close()

    def _event(self, refusal: Refusal) -> Event | None:
        subject = self._subjects.get(refusal.subject_id)
        if subject is None:
            return None
        flags = EventFlag.REFUSED if refusal.refused else EventFlag.WOULD_REFUSE
        if refusal.cause == "drift":
            flags |= EventFlag.UPPER
        if refusal.cause == "memory":
            flags |= EventFlag.MEMORY_BACKED
        if refusal.refused:
            flags |= EventFlag.FAILED
        return Event(
            kind=refusal.kind,
            subject=subject,
            time=refusal.time,
            pid=refusal.pid,
            text=refusal.path,
            ret=-1 if refusal.refused else 0,
            flags=flags,
            inode=refusal.inode,
            device=refusal.device,
            mntns=subject.mount_namespace,
            cgroup=subject.cgroup,
        )

    def _gap(self, name: str, text: str) -> CoverageGap:
        now = self._clock.now()
        return CoverageGap(
            id=stable_id("gap", GapKind.ENFORCEMENT_FAILED.value, self._node.id, name, text),
            kind=GapKind.ENFORCEMENT_FAILED,
            asset_id=self._node.id,
            message=Text(f"{name}: {text}", f"{name}：{text}"),
            next_step=_STEP,
            count=1,
            since=now,
            until=now,
            detail=name,
        )
