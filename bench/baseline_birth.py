"""What each source of a birth is worth: the recording of `bench.baseline` is judged with every source left out in turn.

python -m bench.baseline_birth [--folder FOLDER] [--minutes 10] [--show]

Prints for each source how many entries it gives, how many of the behaviours that were then seen the births explain, and how
many false alerts the first minutes bring without it. `--show` lists what no birth explained. Rules are off, and
nothing is asserted.
"""

from __future__ import annotations

import argparse
import collections
import sys
import unittest.mock
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import msgspec
from baseline.replay import Kept, Replay, load

from periderm.engines.baseline.birth import born
from periderm.model.asset import Container
from periderm.model.baseline import BORN, Baseline, Entry, Source
from periderm.model.image import ImageInventory

MINUTE = 60 * 10**9


class Run(NamedTuple):
    """One replay: entries of the births, behaviours that were seen, those of them that a birth explains, alerts told."""

    entries: int
    seen: int
    explained: int
    told: int
    high: int
    unexplained: list[tuple[str, Entry]]


def run(kept: Kept, without: Iterable[Source], minutes: float) -> Run:
    """The first minutes with these sources left out."""
    left = frozenset(without)
    births: dict[str, Baseline] = {}

    def fewer(inventory: ImageInventory, container: Container | None = None, **more: Any) -> Baseline:
        found = born(inventory, container, without=left, **more)
        births[found.workload_id] = found
        return found

    with unittest.mock.patch("periderm.engines.baseline.births.born", fewer):
        replay = Replay(kept)
        kept.calm = min(kept.calm, kept.start + int(minutes * MINUTE))
        replay.calm(0)
    seen = [
        (name, entry) for name, baseline in replay.baselines().items() for entry in baseline.entries if entry.evidence.observed
    ]
    unexplained = [(name, entry) for name, entry in seen if not BORN & set(entry.evidence.sources)]
    told = {told.alert.id: told.alert for told in replay.told}
    return Run(
        entries=sum(len(each.entries) for each in births.values()),
        seen=len(seen),
        explained=len(seen) - len(unexplained),
        told=len(told),
        high=sum(alert.severity.name in ("HIGH", "CRITICAL") for alert in told.values()),
        unexplained=unexplained,
    )


def main(arguments: list[str]) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="baseline_birth", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", type=Path, default=Path("/var/cache/periderm/bench/baseline/full"))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--images", type=Path, help="inventories in place of the recording's (after a change of the scan)")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args(arguments)
    kept = load(options.folder)
    if options.images:
        kept.images = msgspec.msgpack.decode(options.images.read_bytes(), type=dict[str, ImageInventory])
    whole = run(kept, (), options.minutes)
    print(f"{'left out':<14}{'entries':>9}{'seen':>7}{'explained':>11}{'false alerts':>14}{'high':>6}")
    line("nothing", whole)
    for source in sorted(BORN - {Source.UPGRADE, Source.MANIFEST}):
        line(source.value, run(kept, (source,), options.minutes))
    line("all", run(kept, BORN, options.minutes))
    if options.show:
        for (name, aspect), count in collections.Counter((n, e.behaviour.aspect.value) for n, e in whole.unexplained).items():
            print(f"{name} {aspect}: {count} that no birth explains")
        for name, entry in whole.unexplained:
            print(f"   {name} {entry.behaviour.aspect.value} {entry.behaviour.program} | {entry.behaviour.value}")


def line(name: str, found: Run) -> None:
    """One row."""
    print(f"{name:<14}{found.entries:>9,}{found.seen:>7,}{found.explained:>11,}{found.told:>14,}{found.high:>6}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
