"""Other hosts out of one recording: of which little is known, that run what training has not, whose traces are short."""

from __future__ import annotations

import random
from collections.abc import Iterator

from periderm.algorithms.sequences.grams import Calls

Named = list[tuple[str, Calls]]
Parts = dict[str, Named]
FEW = 250
LEFT_OUT = 0.35  # of the tasks
SHORTEST, LONGEST = 75, 400


def of(parts: Parts) -> Iterator[tuple[str, Parts]]:
    """(what it is, its parts), the recording itself first. The choice is the same each time."""
    yield "as recorded", parts
    if len(parts["training"]) > FEW:
        few = list(parts["training"])
        random.Random(3).shuffle(few)  # noqa: S311 - no secret
        yield f"{FEW} traces to learn", parts | {"training": few[:FEW]}
    for seed in (1, 2):
        yield f"a third of the tasks never learned ({seed})", parts | {"training": _fewer_tasks(parts["training"], seed)}
    yield "cut short", {part: _short(traces, part) for part, traces in parts.items()}


def task(name: str) -> str:
    """What was run, of a trace's name: round, kind, task, …"""
    return ".".join(name.split(".")[1:3])


def _fewer_tasks(training: Named, seed: int) -> Named:
    tasks = sorted({task(name) for name, _ in training})
    kept = set(random.Random(seed).sample(tasks, int(len(tasks) * (1 - LEFT_OUT))))  # noqa: S311 - no secret
    return [(name, trace) for name, trace in training if task(name) in kept]


def _short(traces: Named, part: str) -> Named:
    """A piece of each, from anywhere: not every trace begins where a program does."""
    chance = random.Random(part)  # noqa: S311 - no secret
    cut = []
    for name, trace in traces:
        length = int(SHORTEST * (LONGEST / SHORTEST) ** chance.random())
        start = chance.randrange(max(1, len(trace) - length))
        cut.append((name, trace[start : start + length]))
    return cut
