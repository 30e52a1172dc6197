"""What of a baseline changed in a way that others must know: new behaviour, decisions, its phase. Counts that only grew are
not told, so that traffic follows novelty."""

from __future__ import annotations

import msgspec

from periderm.model.baseline import Baseline, Decision, Entry, ResourceUse

_FEWEST = 16  # how often something was measured before its growth is worth telling


class BaselineNews(msgspec.Struct, frozen=True, kw_only=True):
    """To be merged with what a node has. `version` is opaque: the node says it when it asks again, and is told only what came
    after. `whole` says that the baseline is all that is known, not a part of it."""

    baseline: Baseline
    version: str
    whole: bool = False


def novelty(old: Baseline | None, new: Baseline) -> Baseline | None:
    """What of `new` (a merge of `old` and something) others must know; None if nothing. Merging it with `old` gives
    a baseline that judges like `new`."""
    if old is None:
        return new
    entries = _new_entries(old, new)
    decisions = _new_decisions(old, new)
    resources = _new_resources(old, new)
    images = {digest: time for digest, time in new.images.items() if digest not in old.images}
    same = (new.name, new.settled, new.phase) == (old.name, old.settled, old.phase)
    if not (entries or decisions or resources or images) and same:
        return None
    return msgspec.structs.replace(new, entries=entries, decisions=decisions, resources=resources, images=images)


def without_alerts(decision: Decision) -> Decision:
    """As a node is told it: the alerts that a decision was made from are for people."""
    return msgspec.structs.replace(decision, alerts=()) if decision.alerts else decision


def _new_entries(old: Baseline, new: Baseline) -> tuple[Entry, ...]:
    there = {entry.behaviour: (entry.evidence.sources, entry.evidence.certainty) for entry in old.entries}
    return tuple(e for e in new.entries if there.get(e.behaviour) != (e.evidence.sources, e.evidence.certainty))


def _new_decisions(old: Baseline, new: Baseline) -> tuple[Decision, ...]:
    there = {decision.id for decision in old.decisions}
    return tuple(decision for decision in new.decisions if decision.id not in there)


def _new_resources(old: Baseline, new: Baseline) -> tuple[ResourceUse, ...]:
    """Those that are new, or were measured twice as often as before: so each is told a few dozen times in its life."""
    there = {(use.program, use.aspect, use.part): _measured(use) for use in old.resources}
    told = []
    for use in new.resources:
        before = there.get((use.program, use.aspect, use.part))
        now = _measured(use)
        if before is None or (before != now and now.bit_length() > before.bit_length() and now >= _FEWEST):
            told.append(use)
    return tuple(told)


def _measured(use: ResourceUse) -> int:
    return sum(count for pairs in use.buckets.values() for _, count in pairs)
