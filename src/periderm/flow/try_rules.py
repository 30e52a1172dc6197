"""Runs rules over the past, in a fresh engine of their own, and tells what they would have alerted on. Changes nothing.

Processes that started before the past begins are known only by what they do in it, as for an agent that was just started.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from periderm.algorithms.rules.pack import Pack
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.rules.pack import Counts, detectors
from periderm.flow.replay import LookUp, unknown
from periderm.model.alert import Alert
from periderm.model.asset import Node
from periderm.model.event import EventBatch, Tick
from periderm.model.severity import Severity
from periderm.ports.sensor import Sensor

MOST_SHOWN = 5
MOST_ALERTS = 100_000
HOST = ""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule would have done: `alerts` after folding equal causes, `events` those behind them, how many of these in
    which container ('' is the plain host), the first few alerts, how many events exceptions covered, and for how many the
    rule could not be answered, with the last reason."""

    rule: str
    severity: Severity
    alerts: int
    events: int
    containers: dict[str, int]
    shown: tuple[Alert, ...]
    excepted: int = 0
    failed: int = 0
    reason: str = ""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What a pack would have done in all: over how many events, from when to when (Unix nanoseconds)."""

    events: int
    first: int
    last: int
    rules: tuple[Tried, ...]
    cut: bool = False


def try_rules(
    pack: Pack, past: Iterable[EventBatch], look_up: LookUp = unknown, progress: Callable[[int], None] = lambda _: None
) -> Trial:
    """Runs the rules that are enabled. More than MOST_ALERTS different alerts are cut off, and that is said."""
    counts = Counts()
    made = detectors(pack, counts)
    engine: RuntimeEngine | None = None
    asked: set[str] = set()
    found: dict[str, Alert] = {}
    events = first = last = 0
    cut = False
    for batch in past:
        if not len(batch):
            continue
        if engine is None:
            node = next((s for s in batch.subjects if isinstance(s, Node)), None)
            if node is None:
                continue
            engine = RuntimeEngine(node, made)
        for digest in sorted(engine.needs(batch) - asked):
            asked.add(digest)
            if (inventory := look_up(digest)) is not None:
                engine.learn_image(inventory)
        events += len(batch)
        first = first or int(batch.rows["time"][0])
        last = max(last, int(batch.rows["time"][-1]))
        for alert in (*engine.feed(batch), *engine.tick(Tick(last))):
            if alert.id in found or len(found) < MOST_ALERTS:
                found[alert.id] = alert
            else:
                cut = True
        progress(events)
    return Trial(events=events, first=first, last=last, rules=_rules(pack, found, counts), cut=cut)


def recorded(sensor: Sensor) -> Iterator[EventBatch]:
    """The batches of a recording. Raises SensorError, FormatError."""
    sensor.start()
    try:
        while True:
            yield sensor.read(0.0)
    except EOFError:
        return
    finally:
        sensor.stop()


def _rules(pack: Pack, found: dict[str, Alert], counts: Counts) -> tuple[Tried, ...]:
    tried = []
    for rule in pack.rules:
        if not rule.written.enabled:
            continue
        own = sorted((a for a in found.values() if a.detector == rule.id), key=lambda a: (a.time, a.id))
        containers: dict[str, int] = {}
        for alert in own:
            containers[alert.container_name or HOST] = containers.get(alert.container_name or HOST, 0) + alert.count
        tried.append(
            Tried(
                rule=rule.id,
                severity=rule.written.severity,
                alerts=len(own),
                events=sum(alert.count for alert in own),
                containers=dict(sorted(containers.items(), key=lambda pair: -pair[1])),
                shown=tuple(own[:MOST_SHOWN]),
                excepted=counts.excepted.get(rule.id, 0),
                failed=counts.failed.get(rule.id, 0),
                reason=counts.reasons.get(rule.id, ""),
            )
        )
    return tuple(tried)
