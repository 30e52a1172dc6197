"""Judges a recording again and again, each time as a day that came later: new processes, new containers, later times.

What it is for: to count alerts over more workload-hours than were waited for. A repeated round holds the same deeds, so
repetition shows what state, tallies and folding make of them over time; it does not show deeds that were not recorded.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

from periderm.adapters.sensor_replay import ReplaySensor
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.model.alert import Alert
from periderm.model.asset import Container, Node
from periderm.model.event import EventBatch, Subject, Tick
from periderm.model.image import ImageInventory
from periderm.model.labels import BUILD

PREFIX = "noise-"
PAUSE_NS = 60 * 10**9
KEY_STEP = 1 << 40  # process keys of a round never meet those of another


@dataclasses.dataclass(slots=True)
class Judged:
    """Alerts by id as they were last said, with the round in which each began."""

    alerts: dict[str, Alert] = dataclasses.field(default_factory=dict)
    rounds: dict[str, int] = dataclasses.field(default_factory=dict)
    events: int = 0
    own: set[str] = dataclasses.field(default_factory=set)  # asset ids of our containers and of steps of builds


def batches(path: Path) -> Iterator[EventBatch]:
    """All of a recording."""
    sensor = ReplaySensor(path)
    sensor.start()
    try:
        while True:
            yield sensor.read(0.0)
    except EOFError:
        return
    finally:
        sensor.stop()


def moved(batch: EventBatch, number: int, shift: int) -> EventBatch:
    """The batch as round `number`, `shift` nanoseconds later. Round 0 is the recording itself."""
    if not number:
        return batch
    rows = batch.rows.copy()
    rows["time"] += shift
    for column in ("process", "parent"):
        known = rows[column] != 0
        rows[column][known] = (rows[column][known].astype(np.uint64) ^ np.uint64(number * KEY_STEP)).astype(rows[column].dtype)
    subjects = tuple(_later(subject, number, shift) for subject in batch.subjects)
    return EventBatch(rows, batch.strings, subjects, generation=batch.generation)


def _later(subject: Subject, number: int, shift: int) -> Subject:
    if not isinstance(subject, Container):
        return subject
    started = subject.started + shift if subject.started else 0
    return msgspec.structs.replace(subject, id=f"{subject.id}-{number}", started=started)


def judge(path: Path, inventories: Mapping[str, ImageInventory], rounds: int) -> Judged:
    """Feeds the recording `rounds` times to one engine with all detectors."""
    found = Judged()
    everything = list(batches(path))
    times = [batch.rows["time"] for batch in everything if len(batch)]
    # A row of a process that ran before tells of its start long ago: the round's length is that of the batches.
    span = int(max(t.max() for t in times) - np.median(times[0])) + PAUSE_NS if times else 0
    node = next(s for batch in everything for s in batch.subjects if isinstance(s, Node))
    engine = RuntimeEngine(node)
    for inventory in inventories.values():
        engine.learn_image(inventory)
    for number in range(rounds):
        last = 0
        for batch in everything:
            later = moved(batch, number, number * span)
            if not len(later):
                continue
            found.events += len(later)
            found.own.update(s.id for s in later.subjects if isinstance(s, Container) and _ours(s))
            last = max(last, int(later.rows["time"].max()))
            _note(found, engine.feed(later), number)
        _note(found, engine.tick(Tick(last)), number)
    return found


def _ours(container: Container) -> bool:
    """A machine may run others' containers too: what they do is not ours to call benign."""
    return container.name.startswith(PREFIX) or container.labels.get(BUILD) == "true"


def _note(found: Judged, alerts: list[Alert], number: int) -> None:
    for alert in alerts:
        found.alerts[alert.id] = alert
        found.rounds.setdefault(alert.id, number)


def upper(count: int, confidence: float = 0.95) -> float:
    """The exact one-sided upper bound of a Poisson mean after `count` were seen: the mean under which so few or fewer come
    with probability 1 - confidence. For none it is -ln(0.05), about 3."""
    low, high = float(count), count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _ in range(80):
        middle = (low + high) / 2
        if _at_most(count, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return high


def _at_most(count: int, mean: float) -> float:
    """P(X <= count) of a Poisson variable."""
    return math.fsum(
        math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) if mean else float(not n) for n in range(count + 1)
    )
