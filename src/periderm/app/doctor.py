"""`doctor`: says what this machine can do for the product and what a crash left behind, and removes that if asked to."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.examine_machine import examine
from periderm.model.diagnosis import Diagnosis, Orphan
from periderm.model.errors import UsageError
from periderm.ports.containers import ContainerRuntime
from periderm.ports.diagnosis import Leftovers, MachineProbe
from periderm.ports.sample_parts import SampleEngine


class SampleLeftovers:
    """The sample's container, which nobody needs when no story is told. Its image and cache stay: `demo --clean`."""

    def __init__(self, engine: SampleEngine) -> None:
        self._engine = engine

    def find(self) -> Sequence[Orphan]:
        """One or none."""
        name = "" if self._engine.available() else self._engine.present()
        return (Orphan(kind="container", name=name),) if name else ()

    def remove(self) -> Sequence[str]:
        """Removes it."""
        found = self.find()
        return [f"container {orphan.name}" for orphan in found if self._engine.stop()]


def diagnose(
    probe: MachineProbe, runtimes: Sequence[ContainerRuntime], leftovers: Sequence[Leftovers], *, clean: bool = False
) -> Diagnosis:
    """Looks at the machine; with `clean` removes what was left behind. Raises UsageError if the product still runs."""
    facts = probe.facts()
    running = tuple(f"{role} ({pid})" for pid, role in facts.running)
    removed: list[str] = []
    if clean:
        if running:
            raise UsageError(
                f"Nothing is removed while the product runs: {', '.join(running)}.", "Stop it first: Ctrl-C or SIGTERM to `up`."
            )
        for place in leftovers:
            removed.extend(place.remove())
    orphans: tuple[Orphan, ...] = () if running else tuple(o for place in leftovers for o in place.find())
    return Diagnosis(
        checks=examine(facts, [(r.name(), r.available()) for r in runtimes]),
        orphans=orphans,
        running=running,
        removed=tuple(removed),
    )
