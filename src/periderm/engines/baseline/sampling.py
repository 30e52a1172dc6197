"""Figures of what programs use, from a sample to a deviation. The rest of a judgement is `resources` and `judging`."""

from __future__ import annotations

from periderm.engines.baseline.actor import Actor
from periderm.engines.baseline.following import Following
from periderm.engines.baseline.judging import Judge
from periderm.engines.baseline.resources import Excess
from periderm.engines.baseline.surprise import Surprise, bar, severity
from periderm.engines.baseline.workload import Workload
from periderm.model.alert import Alert
from periderm.model.asset import Container
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect
from periderm.model.event import Event, EventKind
from periderm.model.resource_sample import ResourceSample
from periderm.model.text import encodable

RESOURCES = (Aspect.CPU, Aspect.MEMORY, Aspect.FILES, Aspect.CHILDREN)


def actor_of(sample: ResourceSample, following: Following) -> Actor:
    """The process that was measured; one that was not seen to start stands for itself."""
    known = following.table.get(sample.process) if sample.process else None
    if known is not None:
        return known
    subject = sample.subject
    workload = subject.normal_id if isinstance(subject, Container) else ""
    program = encodable(sample.program)
    return Actor(
        key=sample.process, parent=0, pid=sample.pid, subject=subject.id, workload=workload, program=program,
        exe=program.partition(" ")[0], uid=sample.user,
    )  # fmt: skip


def measure(sample: ResourceSample, actor: Actor, workload: Workload, judge: Judge, said: list[Alert]) -> None:
    """What of one sample is far above normal is told; all else is learned, if the process may teach."""
    phase = workload.base.phase
    allowed = [(aspect, value) for aspect in RESOURCES for value in workload.entries.of(aspect, sample.program)]
    found = workload.resources.feed(sample, allowed=allowed, learn=not actor.distrust, settled=phase is Phase.ALERTING)
    for excess in found:
        if excess.score >= bar(excess.behaviour.aspect, phase):
            judge.tell(
                _event(sample, excess), actor, excess.behaviour, surprise_of(excess, phase), workload=workload, said=said
            )


def surprise_of(excess: Excess, phase: Phase) -> Surprise:
    """An excess in the words of all other judgements."""
    return Surprise(excess.event_type, excess.score, severity(excess.score, phase), excess.why, told=True)


def _event(sample: ResourceSample, excess: Excess) -> Event:
    return Event(
        kind=EventKind.CPU_USE,
        subject=sample.subject,
        time=sample.time,
        process=sample.process,
        pid=sample.pid,
        uid=sample.user,
        exe=sample.program,
        text=f"{excess.behaviour.aspect} {excess.figure:.0f}",
    )
