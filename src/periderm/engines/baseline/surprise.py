"""How surprising a behaviour is that no entry explains, 0 to 100, of which event type, and why in a sentence.

The score is a sum of reasons (`surprise_programs`, `surprise_files`, `surprise_network`, `surprise_rights`); the bars say from
which score on it is told. While a workload is learning only what is very surprising is told, and is not learned; later,
whatever reaches the bar of its aspect. It learns nothing and knows no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from periderm.engines.baseline import surprise_files as files
from periderm.engines.baseline import surprise_network as network
from periderm.engines.baseline import surprise_programs as programs
from periderm.engines.baseline import surprise_rights as rights
from periderm.engines.baseline.actor import JOB
from periderm.engines.baseline.factors import SILENT, Factor, Judged, factor
from periderm.engines.baseline.places import writable
from periderm.engines.baseline.situation import Situation
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect
from periderm.model.severity import Severity
from periderm.model.text import Text

MOST_REASONS = 3
HIGH, MEDIUM, CRITICAL = 80, 50, 97
LEARNING_BAR = 70
BARS: dict[Aspect, int] = {
    Aspect.PROGRAM: 30,
    Aspect.USER: 40,
    Aspect.PARENT: 42,
    Aspect.ARGUMENTS: 45,
    Aspect.READ: 50,
    Aspect.WRITE: 42,
    Aspect.CREATE: 42,
    Aspect.EXECUTE: 48,
    Aspect.CHANGE: 45,
    Aspect.CONNECT: 42,
    Aspect.ACCEPT: 48,
    Aspect.LISTEN: 45,
    Aspect.RESOLVE: 45,
    Aspect.SOCKET: 45,
    Aspect.CAPABILITY: 50,
    Aspect.BECOME: 42,
    Aspect.NAMESPACE: 45,
    Aspect.SYSCALL: 50,
    Aspect.ACT: 45,
    Aspect.CHAIN: 60,
    Aspect.CALLS: 60,
    Aspect.CPU: 50,
    Aspect.MEMORY: 50,
    Aspect.FILES: 50,
    Aspect.CHILDREN: 50,
}
# Asks that only mean something of a program which is normal itself; of another, that it runs was the news.
_OF_KNOWN = frozenset({Aspect.USER, Aspect.PARENT, Aspect.ARGUMENTS, Aspect.CHAIN})
_UNKNOWN_PROGRAM = -22
_JUDGES: dict[Aspect, Callable[[Situation], Judged]] = {
    Aspect.PROGRAM: programs.program,
    Aspect.USER: programs.user,
    Aspect.PARENT: programs.parent,
    Aspect.ARGUMENTS: programs.arguments,
    Aspect.CHAIN: programs.chain,
    Aspect.READ: files.read,
    Aspect.WRITE: files.write,
    Aspect.CREATE: files.write,
    Aspect.CHANGE: files.change,
    Aspect.EXECUTE: files.execute,
    Aspect.CONNECT: network.connect,
    Aspect.ACCEPT: network.accept,
    Aspect.LISTEN: network.listen,
    Aspect.RESOLVE: network.resolve,
    Aspect.SOCKET: network.socket,
    Aspect.CAPABILITY: rights.capability,
    Aspect.BECOME: rights.become,
    Aspect.NAMESPACE: rights.namespace,
    Aspect.SYSCALL: rights.system_call,
    Aspect.ACT: rights.act,
    Aspect.CALLS: rights.calls,
}


# What an entrypoint prepares before there is anybody to attack it: files, owners, keys. Not whom it calls or what it loads.
_AT_START = -32
_PREPARING = frozenset(
    {
        *(Aspect.PROGRAM, Aspect.PARENT, Aspect.ARGUMENTS, Aspect.CHAIN, Aspect.READ, Aspect.WRITE, Aspect.CREATE),
        *(Aspect.CHANGE, Aspect.BECOME, Aspect.USER, Aspect.CAPABILITY, Aspect.LISTEN),
    }
)
_NEVER = Text("it was never seen to do so here", "此前从未在这里见过这种行为")


class Surprise(NamedTuple):
    """`why` are up to three clauses, joined, and never empty. `told` as of the situation's phase."""

    event_type: str
    score: int
    severity: Severity
    why: Text
    told: bool


def surprise(situation: Situation) -> Surprise:
    """Of a behaviour in its situation. Aspects that hold quantiles are judged in `resources` (KeyError here)."""
    aspect, phase = situation.behaviour.aspect, situation.normal.phase
    judged = _JUDGES[aspect](situation)
    factors = judged.factors
    if situation.rejected:
        factors = (factor(100, "a person said that this is never normal", "有人判定这绝不正常"),)
    elif aspect is not Aspect.PROGRAM and situation.behaviour.program and not _known(situation):
        factors = (*factors, Factor(-100 if aspect in _OF_KNOWN else _UNKNOWN_PROGRAM if judged.score < HIGH else 0))
    if not situation.rejected and starts(situation):
        factors = (*factors, Factor(_AT_START))
    judged = Judged(judged.event_type, factors)
    score = judged.score
    if situation.actor.how == JOB:
        phase = Phase.LEARNING  # what runs anything for others is never learned to the end
    return Surprise(judged.event_type, score, severity(score, phase), _words(factors), score >= bar(aspect, phase))


def bar(aspect: Aspect, phase: Phase) -> int:
    """From which score on it is told."""
    return BARS[aspect] if phase is Phase.ALERTING else max(LEARNING_BAR, BARS[aspect])


def severity(score: int, phase: Phase = Phase.ALERTING) -> Severity:
    """How bad a score is. While little is known of a workload, nothing is worse than medium unless it is beyond doubt."""
    if score >= CRITICAL:
        return Severity.CRITICAL if phase is Phase.ALERTING else Severity.HIGH
    if score >= (HIGH if phase is Phase.ALERTING else 90):
        return Severity.HIGH
    return Severity.MEDIUM if score >= MEDIUM else Severity.LOW


def _known(situation: Situation) -> bool:
    return situation.behaviour.program in situation.normal.programs


def starts(situation: Situation) -> bool:
    """Whether it belongs to the start of a container: below the entrypoint, by a program of the image, in the first minute, and
    before the service that started it has answered anybody."""
    actor = situation.actor
    if not (situation.starting and actor.how == "entrypoint") or situation.drifted or situation.in_memory:
        return False
    if situation.behaviour.aspect not in _PREPARING or writable(situation.behaviour.program):
        return False
    return not any(situation.has(Aspect.ACCEPT, name) for name in (situation.behaviour.program, actor.above))


def _words(factors: tuple[Factor, ...]) -> Text:
    """The strongest reasons that speak for it, in their order."""
    spoken = [each for each in factors if each.points > 0 and each.why != SILENT]
    strongest = sorted(spoken, key=lambda each: -each.points)[:MOST_REASONS]
    chosen = [each.why for each in spoken if each in strongest]
    if not chosen:
        return _NEVER
    return Text("; ".join(each.en for each in chosen), "；".join(each.zh for each in chosen))
