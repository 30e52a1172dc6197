"""Which entries of a baseline count as normal once people's decisions are applied. Judges no behaviour."""

from __future__ import annotations

from periderm.algorithms.path_patterns import matches
from periderm.model.baseline import Baseline, Entry, Evidence, Source, Verdict
from periderm.model.behaviour import Behaviour


def accepted(baseline: Baseline) -> tuple[Entry, ...]:
    """All entries but those that were rejected, or forgotten and not seen since; and what was accepted, as entries of
    people's. Decisions that were undone do not count."""
    found = {entry.behaviour: entry for entry in baseline.entries}
    for decision in baseline.in_force:
        for told in decision.behaviours:
            if decision.verdict is Verdict.ACCEPT and told not in found:
                found[told] = Entry(told, Evidence(sources=(Source.PERSON,), certainty=100, because=decision.reason))
            elif decision.verdict in (Verdict.REJECT, Verdict.FORGET):
                late = decision.time // 10**9 if decision.verdict is Verdict.FORGET else 1 << 62
                gone = [b for b, entry in found.items() if stands_for(told, b) and entry.evidence.last <= late]
                for behaviour in gone:
                    del found[behaviour]
    return tuple(found[behaviour] for behaviour in sorted(found))


def stands_for(pattern: Behaviour, behaviour: Behaviour) -> bool:
    """Whether a behaviour, perhaps with patterns in it, is about another."""
    return (
        pattern.aspect is behaviour.aspect
        and matches(pattern.program, behaviour.program)
        and matches(pattern.value, behaviour.value)
    )
