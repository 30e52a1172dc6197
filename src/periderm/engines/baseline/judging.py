"""Decides what becomes of behaviour that no entry explains: learned, told, both left undone, by its surprise and by who did it.

While a workload is learning, what is little surprising is learned and what is very surprising is told; later, whatever reaches
the bar of its aspect is told. What is told is not learned. Whoever is not trusted teaches nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from periderm.algorithms.argument_shapes import argument_shape
from periderm.engines.baseline import learning
from periderm.engines.baseline.actor import JOB, RUNTIME_PARENT, Actor
from periderm.engines.baseline.causes import Causes, Key, Told
from periderm.engines.baseline.event_types import EVENT_TYPES
from periderm.engines.baseline.evidence import SECOND_NS, replica_bit
from periderm.engines.baseline.following import Following
from periderm.engines.baseline.images import ImageFiles
from periderm.engines.baseline.nearest import nearest
from periderm.engines.baseline.observe import program_pattern
from periderm.engines.baseline.places import writable
from periderm.engines.baseline.situation import Normal, Situation
from periderm.engines.baseline.surprise import Surprise, bar, surprise
from periderm.engines.baseline.telling import alert_of
from periderm.engines.baseline.workload import Workload
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour, Dimension
from periderm.model.deviation import Deviation, Standing
from periderm.model.event import Event
from periderm.model.text import Text

STARTING_SECONDS = 60
MOST_TOLD_PROGRAMS = 1_024
# Of a program that was told as not normal here, these are part of the same news.
_FOLDED = frozenset({Aspect.USER, Aspect.PARENT, Aspect.ARGUMENTS, Aspect.CHAIN, Aspect.READ, Aspect.EXECUTE, Aspect.SYSCALL})
_OF_PROGRAM = frozenset({Aspect.PROGRAM, Aspect.USER, Aspect.PARENT, Aspect.ARGUMENTS, Aspect.CHAIN})
_OF_WORKLOAD = _OF_PROGRAM | {Aspect.LISTEN}
_NOTHING_KNOWN = Text("nothing like it is normal for this workload", "对此工作负载没有与之相近的正常行为")


class Outcome(NamedTuple):
    """What one row came to: entries that it is normal by (those it taught among them), causes told, whether all of it is
    normal now, whether several entries became one, and whether a row like it would come to the same later."""

    entries: tuple[Behaviour, ...] = ()
    told: tuple[Key, ...] = ()
    clean: bool = True
    folded: bool = False
    sure: bool = True


class _Doubt(NamedTuple):
    """`before`: the cause that it was told as, and how many were told before it."""

    behaviour: Behaviour
    surprise: Surprise
    rejected: bool
    before: tuple[int, Key] | None


class Judge:
    """Judges for one node; keeps what was told."""

    def __init__(self, node: Node, following: Following) -> None:
        self._node = node
        self._following = following
        self.causes = Causes()
        self.told: dict[str, dict[str, None]] = {}  # workload -> programs that are not normal there
        self.changed = False  # whether one was added since somebody asked
        self.no_lessons: frozenset[tuple[int, int]] = frozenset()  # processes and Unix seconds of this batch
        self.struck: frozenset[int] = frozenset()  # processes that are distrusted since somebody emptied this

    def judge(
        self,
        event: Event,
        actor: Actor,
        behaviours: tuple[Behaviour, ...],
        *,
        workload: Workload,
        image: ImageFiles | None,
        said: list[Alert],
        believed: bool,
    ) -> Outcome:
        """One row's behaviour. What is told is appended to `said`. `believed`: its process was trusted when the batch began;
        what is normal is counted by that, and nothing is learned from whoever is distrusted by now."""
        normal: list[Behaviour] = []
        doubts: list[_Doubt] = []
        situations: Normal | None = None
        replica = replica_bit(actor.subject)
        for behaviour in behaviours:
            entry = workload.find(behaviour)
            rejected = workload.has_rejects and workload.rejected(behaviour)
            if entry is not None and not rejected:
                normal.append(entry)
                continue
            if self._part_of_news(workload, behaviour):
                continue
            if situations is None:
                situations = normal_of(workload, image)
            situation = _situation(
                event, actor, behaviour, situations, rejected=rejected, led=self._led(actor, behaviour, workload)
            )
            found = surprise(situation)
            # What was told stays a deviation, whatever else has become normal since.
            before = self.causes.known(workload.id, actor.subject, behaviour)
            if before is not None:
                found = found._replace(told=True)
            elif found.told and not rejected and _is_the_workload(situation):
                found = found._replace(told=False)
            doubts.append(_Doubt(behaviour, found, rejected, before))
        if believed:
            for entry in normal:
                workload.see(entry, max(1, event.count), event.time, replica)
        if not doubts:
            return Outcome(tuple(normal), (), clean=len(normal) == len(behaviours))
        granted = {entry.aspect for entry in normal if entry.aspect in _OF_PROGRAM and workload.granted(entry)}
        if granted:
            doubts = [_excused(each, granted, workload) for each in doubts]
        worst = _worst([each for each in doubts if each.surprise.told])
        if worst is not None:
            key = self.tell(event, actor, worst.behaviour, worst.surprise, workload=workload, said=said)
            return Outcome(tuple(normal), (key,), clean=False)
        if actor.distrust or (event.process, event.time // SECOND_NS) in self.no_lessons:
            return Outcome(tuple(normal), (), clean=False, sure=False)
        folds = workload.folds
        learned = [each.behaviour for each in doubts if self._learn(event, actor, each, workload, replica)]
        entries = tuple(workload.find(each) or each for each in (*normal, *learned))
        return Outcome(entries, (), len(entries) == len(behaviours), folded=workload.folds > folds)

    def _led(self, actor: Actor, behaviour: Behaviour, workload: Workload) -> bool:
        """Whether a program was started by a command line that nobody saw before this one."""
        if behaviour.aspect is not Aspect.PROGRAM or workload.base.phase is not Phase.ALERTING:
            return False
        above = self._following.table.lineage(actor)[1:2]
        if not above or not above[0].argv:
            return False
        line = Behaviour(Aspect.ARGUMENTS, program_pattern(above[0].program), argument_shape(above[0].argv))
        return workload.provisional.did(line, above[0].key)

    def _part_of_news(self, workload: Workload, behaviour: Behaviour) -> bool:
        """Told with the program itself."""
        told = self.told.get(workload.id, ())
        return behaviour.aspect in _FOLDED and behaviour.program in told and behaviour.program not in workload.entries.programs

    def _learn(self, event: Event, actor: Actor, doubt: _Doubt, workload: Workload, replica: int) -> bool:
        behaviour, phase = doubt.behaviour, workload.base.phase
        news = (
            phase is not Phase.ALERTING and actor.how != JOB and doubt.surprise.score >= bar(behaviour.aspect, Phase.ALERTING)
        )
        doers = [each.key for each in self._following.table.lineage(actor)]
        learned = workload.learn(behaviour, doers, max(1, event.count), event.time, replica, news=news)
        if learned:
            learning.generalise(workload, behaviour, event.time // SECOND_NS)
        return learned

    def tell(
        self, event: Event, actor: Actor, behaviour: Behaviour, found: Surprise, *, workload: Workload, said: list[Alert]
    ) -> Key:
        """A deviation as an alert, or counted with the one that was told of the same cause."""
        cause = Behaviour(behaviour.aspect, behaviour.program) if behaviour.dimension is Dimension.RESOURCE else behaviour
        count = max(1, event.count)
        told = Told(workload.id, actor.subject, found.event_type, cause, found.severity, event.time)
        key = self.causes.key_of(told)
        again = self.causes.again(key, told, count, event.time)
        if again is not None:
            said.append(again)
        elif key not in self.causes:
            said.append(self.causes.tell(key, told, self._alert(event, actor, behaviour, found, workload)))
        if behaviour.aspect is Aspect.PROGRAM:
            self._news_of(workload, behaviour.program)
        if behaviour.aspect in _OF_PROGRAM and not actor.distrust:
            # The program that this process became is what deviates: whatever it and those below it do teaches nothing.
            self.struck |= self._following.table.distrust(actor.key, self.causes.id_of(key), event.time)
        return key

    def _news_of(self, workload: Workload, program: str) -> None:
        """What this program does from now on is part of the same news."""
        programs = self.told.setdefault(workload.id, {})
        if program in programs:
            return
        programs[program] = None
        self.changed = True
        if len(programs) > MOST_TOLD_PROGRAMS:
            del programs[next(iter(programs))]

    def _alert(self, event: Event, actor: Actor, behaviour: Behaviour, found: Surprise, workload: Workload) -> Alert:
        closest, sentence = nearest(behaviour, workload.entries)
        session = next((each for each in self._following.sessions if each.id == actor.session), None)
        held = actor.distrust not in ("", "session")
        deviation = Deviation(
            event_type=found.event_type,
            workload_id=workload.id,
            behaviour=behaviour,
            surprise=found.score,
            reason=found.why if found.why.en else _NOTHING_KNOWN,
            standing=Standing.QUARANTINED if held else Standing.TOLD,
            nearest=closest,
            nearest_text=sentence,
            by=actor.distrust if held else "",
            phase=workload.base.phase.value,
        )
        lineage = self._following.table.lineage(actor)
        spec = EVENT_TYPES[found.event_type].spec
        return alert_of(spec, deviation, event, lineage, node=self._node, severity=found.severity, session=session)


def _excused(doubt: _Doubt, granted: set[Aspect], workload: Workload) -> _Doubt:
    """A person accepted one part of this start: the other parts belong to it. Of an accepted program only what was never asked
    of it, so that another parent years later is still told."""
    behaviour = doubt.behaviour
    if doubt.rejected or behaviour.aspect not in _OF_PROGRAM:
        return doubt
    if granted == {Aspect.PROGRAM} and workload.entries.of(behaviour.aspect, behaviour.program):
        return doubt
    return doubt._replace(surprise=doubt.surprise._replace(told=False))


def _worst(doubts: list[_Doubt]) -> _Doubt | None:
    """The one that is told for all: what was told first, else what is most surprising."""
    before = min((each for each in doubts if each.before is not None), key=lambda each: each.before or (0,), default=None)
    return before or max(doubts, key=lambda each: each.surprise.score, default=None)


def normal_of(workload: Workload, image: ImageFiles | None) -> Normal:
    """What is normal for it, as a judgement asks."""
    entries = workload.entries
    return Normal(
        phase=workload.base.phase,
        programs=entries.programs,
        values=entries.view(),
        users=entries.users,
        inventory=image is not None and image.complete,
        package=image.package if image is not None else _unknown,
        entries=len(entries),
    )


def _is_the_workload(situation: Situation) -> bool:
    """The first program of a container is what the workload was made to be, and what a service's first program is called gave
    the service its name; the ports that it opens as it starts are what it is there for. While a workload is not learned, none
    is a deviation unless the image did not bring the program."""
    actor, phase = situation.actor, situation.normal.phase
    if phase is Phase.ALERTING or situation.behaviour.aspect not in _OF_WORKLOAD or situation.drifted or situation.in_memory:
        return False
    if situation.contained:
        if situation.behaviour.aspect is Aspect.LISTEN:
            return actor.how == "entrypoint" and situation.starting and situation.behaviour.program in situation.normal.programs
        return actor.how == "entrypoint" and actor.above == RUNTIME_PARENT
    return situation.behaviour.aspect is not Aspect.LISTEN and actor.program == actor.service and not writable(actor.exe)


def _unknown(path: str) -> None:
    """No image is known."""
    del path


def _situation(event: Event, actor: Actor, behaviour: Behaviour, normal: Normal, *, rejected: bool, led: bool) -> Situation:
    subject = event.subject
    started = subject.started if isinstance(subject, Container) else 0
    return Situation(
        behaviour=behaviour,
        actor=actor,
        subject=subject,
        kind=event.kind,
        normal=normal,
        object=event.text,
        flags=int(event.flags),
        port=event.port,
        family=event.family,
        arg0=event.arg0,
        ret=event.ret,
        time=event.time,
        rejected=rejected,
        starting=bool(started) and event.time - started < STARTING_SECONDS * SECOND_NS,
        led=led,
    )
