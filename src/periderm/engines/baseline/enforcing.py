"""What enforcing a baseline means for one workload: which programs of its image it never starts. Kills nothing."""

from __future__ import annotations

import msgspec

from periderm.algorithms.path_patterns import Patterns
from periderm.engines.baseline.accepted import accepted
from periderm.model.baseline import Baseline, Phase
from periderm.model.behaviour import Aspect
from periderm.model.image import ImageInventory

MOST_STRANGERS = 4000  # of one image; the kernel's list is bounded, and an image with more programs is not one service


class Strangers(msgspec.Struct, frozen=True):
    """`programs` of the image that the workload never starts, and those that are `known`: a file that both name (one program
    under several names) must not be hit. Absolute paths."""

    programs: tuple[str, ...]
    known: tuple[str, ...]


def strangers(baseline: Baseline, inventory: ImageInventory) -> Strangers | None:
    """None as long as the baseline must not be enforced: it has not converged, or the image has too many programs."""
    if baseline.phase is not Phase.ALERTING:
        return None
    known = programs_of(baseline)
    patterns = Patterns(known)
    strange = tuple(f"/{f.path}" for f in inventory.executables if patterns.find(f"/{f.path}") is None)
    if len(strange) > MOST_STRANGERS:
        return None
    return Strangers(strange, tuple(sorted(path for path in known if "*" not in path)))


def programs_of(baseline: Baseline) -> frozenset[str]:
    """Paths and patterns of all programs that it knows, interpreters as well as their scripts, and what they load and run."""
    found: set[str] = set()
    for entry in accepted(baseline):
        behaviour = entry.behaviour
        if behaviour.aspect is Aspect.PROGRAM:
            found.update(f"/{part}" for part in f" {behaviour.program}".split(" /")[1:])
        elif behaviour.aspect is Aspect.EXECUTE and behaviour.value.startswith("/"):
            found.add(behaviour.value)
    return frozenset(found)
