"""Which incidents are like one another, and in what: shared detectors, techniques, programs, files, images. Knows no store.

Likeness is the weighted share of what two have in common of all that either has (weighted Jaccard). A trait that many incidents
have says little and weighs little (as inverse document frequency does for words); that it is the same workload says nothing of
how the attack went, and counts little too.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from periderm.model.incident import Incident
from periderm.model.similar import IncidentOutline, Resemblance, Trait, TraitKind

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


def traits(incident: Incident | IncidentOutline) -> frozenset[Trait]:
    """What an incident can be compared by; at most MOST_TRAITS of them."""
    return frozenset(Trait(kind, value) for kind, value in _keys(incident))


def alike(
    incident: Incident | IncidentOutline, others: Iterable[Incident | IncidentOutline], most: int
) -> tuple[Resemblance, ...]:
    """The `most` that are most like it, the likest first and of those the latest; itself is never among them."""
    known = {other.id: other for other in others if other.id != incident.id}
    sets = {identity: _keys(other) for identity, other in known.items()}
    mine = _keys(incident)
    spread = Counter(chain.from_iterable(sets.values()))
    weights = {key: _weight(key, spread[key], len(sets)) for key in {*mine, *spread}}
    scores: dict[frozenset[_Key], int] = {}  # most of a crowd are the same attack again
    found = []
    for identity, theirs in sets.items():
        score = scores.get(theirs)
        if score is None:
            score = scores[theirs] = _likeness(mine, theirs, weights)
        if score >= LEAST:
            found.append((-score, -known[identity].last_time, identity))
    return tuple(
        Resemblance(id=identity, score=-score, shared=_shared(mine & sets[identity], weights))
        for score, _, identity in sorted(found)[:most]
    )


_Key = tuple[TraitKind, str]  # of a trait: hundreds of incidents with dozens each are compared while a page is drawn


def _keys(incident: Incident | IncidentOutline) -> frozenset[_Key]:
    """Of few traits, which is nearly always, without looking at each step in turn."""
    chain, programs = incident.chain, {process.key: process.exe for process in incident.processes}
    ran = {programs.get(key, "") for key in {step.process_key for step in chain}}
    kinds = (
        (TraitKind.WORKLOAD, {incident.workload_id}),
        (TraitKind.IMAGE, {incident.image_digest}),
        (TraitKind.DETECTOR, {step.detector for step in chain}),
        (TraitKind.TECHNIQUE, {step.technique for step in chain}),
        (TraitKind.PROGRAM, {exe.rpartition("/")[2] for exe in ran}),
        (TraitKind.OBJECT, {step.object for step in chain}),
    )
    if sum(len(values) for _, values in kinds) > MOST_TRAITS:
        return _first_keys(incident, programs)
    return frozenset((kind, value) for kind, values in kinds for value in values if value)


def _first_keys(incident: Incident | IncidentOutline, programs: Mapping[int, str]) -> frozenset[_Key]:
    found: dict[_Key, None] = {}
    if incident.workload_id:
        found[TraitKind.WORKLOAD, incident.workload_id] = None
    if incident.image_digest:
        found[TraitKind.IMAGE, incident.image_digest] = None
    for step in incident.chain:
        if step.detector:
            found[TraitKind.DETECTOR, step.detector] = None
        if step.technique:
            found[TraitKind.TECHNIQUE, step.technique] = None
        if program := programs.get(step.process_key, "").rpartition("/")[2]:
            found[TraitKind.PROGRAM, program] = None
        if step.object:
            found[TraitKind.OBJECT, step.object] = None
        if len(found) >= MOST_TRAITS:
            break
    return frozenset(list(found)[:MOST_TRAITS])


def _shared(keys: frozenset[_Key], weights: Mapping[_Key, float]) -> tuple[Trait, ...]:
    ordered = sorted(keys, key=lambda key: (-weights[key], *key))
    return tuple(Trait(kind, value) for kind, value in ordered[:SHOWN])


def _likeness(mine: frozenset[_Key], theirs: frozenset[_Key], weights: Mapping[_Key, float]) -> int:
    """In percent. `fsum` is exact, so the order in which a set gives its traits does not matter."""
    whole = math.fsum(weights[key] for key in mine | theirs)
    shared = math.fsum(weights[key] for key in mine & theirs)
    return round(100 * shared / whole) if whole else 0


def _weight(key: _Key, have: int, several: int) -> float:
    """At least a tenth of its kind's weight, however many have it."""
    rare = math.log((several + 1) / (have + 1)) / math.log(several + 1) if several else 1.0
    return WEIGHTS[key[0]] * max(0.1, rare)
