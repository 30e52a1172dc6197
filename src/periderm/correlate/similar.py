"""Which incidents are like one another, and in what: shared detectors, techniques, programs, files, images. Knows no store.

Likeness is the weighted share of what two have in common of all that either has (weighted Jaccard). A trait that many incidents
have says little and weighs little (as inverse document frequency does for words); that it is the same workload says nothing of
how the attack went, and counts little too.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from periderm.model.incident import Incident
from periderm.model.similar import Likeness, Trait, TraitKind

WEIGHTS = {
    TraitKind.DETECTOR: 3.0,
    TraitKind.TECHNIQUE: 2.0,
    TraitKind.PROGRAM: 3.0,
    TraitKind.OBJECT: 3.0,
    TraitKind.IMAGE: 1.0,
    TraitKind.WORKLOAD: 1.0,
}
LEAST = 20  # percent: below that, two incidents are not called alike
MOST_TRAITS = 200  # of each incident; an attacker decides how many there are
SHOWN = 8


def traits(incident: Incident) -> frozenset[Trait]:
    """What an incident can be compared by; at most MOST_TRAITS of them."""
    programs = {process.key: process.exe for process in incident.processes}
    found: dict[Trait, None] = {}
    for kind, value in ((TraitKind.WORKLOAD, incident.workload_id), (TraitKind.IMAGE, incident.image_digest)):
        if value:
            found[Trait(kind, value)] = None
    for step in incident.chain:
        exe = programs.get(step.process_key, "")
        values = (
            (TraitKind.DETECTOR, step.detector),
            (TraitKind.TECHNIQUE, step.technique),
            (TraitKind.PROGRAM, exe.rpartition("/")[2]),
            (TraitKind.OBJECT, step.object),
        )
        found.update((Trait(kind, value), None) for kind, value in values if value)
        if len(found) >= MOST_TRAITS:
            break
    return frozenset(list(found)[:MOST_TRAITS])


def alike(incident: Incident, others: Iterable[Incident], most: int) -> tuple[Likeness, ...]:
    """The `most` that are most like it, the likest first and of those the latest; itself is never among them."""
    known = {other.id: other for other in others if other.id != incident.id}
    sets = {identity: traits(other) for identity, other in known.items()}
    mine = traits(incident)
    spread = Counter(trait for each in sets.values() for trait in each)
    weights = {trait: _weight(trait, spread, len(sets)) for trait in {*mine, *spread}}
    found = []
    for identity, theirs in sets.items():
        score = _likeness(mine, theirs, weights)
        if score >= LEAST:
            shared = sorted(mine & theirs, key=lambda t: (-weights[t], t.kind, t.value))
            found.append(Likeness(incident=known[identity], score=score, shared=tuple(shared[:SHOWN])))
    return tuple(_ordered(found)[:most])


def _ordered(found: Sequence[Likeness]) -> list[Likeness]:
    return sorted(found, key=lambda each: (-each.score, -each.incident.last_time, each.incident.id))


def _likeness(mine: frozenset[Trait], theirs: frozenset[Trait], weights: Mapping[Trait, float]) -> int:
    """In percent. `fsum` is exact, so the order in which a set gives its traits does not matter."""
    whole = math.fsum(weights[trait] for trait in mine | theirs)
    shared = math.fsum(weights[trait] for trait in mine & theirs)
    return round(100 * shared / whole) if whole else 0


def _weight(trait: Trait, spread: Counter[Trait], several: int) -> float:
    """At least a tenth of its kind's weight, however many have it."""
    rare = math.log((several + 1) / (spread[trait] + 1)) / math.log(several + 1) if several else 1.0
    return WEIGHTS[trait.kind] * max(0.1, rare)
