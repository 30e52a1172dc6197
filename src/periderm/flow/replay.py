"""Judges a recording again: the same engine and stages as live, without a store, a bus or a responder."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from periderm.correlate import grouping
from periderm.correlate.incident import build
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.model.alert import Alert
from periderm.model.asset import Node
from periderm.model.event import EventBatch
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident
from periderm.ports.sensor import Sensor

LookUp = Callable[[str], ImageInventory | None]


def unknown(_digest: str) -> ImageInventory | None:
    """Nothing is known of any image."""
    return None


class Replay:
    """`events` and `by_id` grow while `run` goes on."""

    def __init__(self, sensor: Sensor, look_up: LookUp = unknown) -> None:
        self._sensor = sensor
        self._look_up = look_up
        self._asked: set[str] = set()
        self.events = 0
        self.by_id: dict[str, Alert] = {}

    def run(self) -> Iterator[int]:
        """Yields the number of events judged so far, once a batch. Raises FormatError where the file is damaged."""
        self._sensor.start()
        engine: RuntimeEngine | None = None
        try:
            while True:
                batch = self._sensor.read(0.0)
                if engine is None:
                    node = batch.subjects[0]
                    if not isinstance(node, Node):
                        continue
                    engine = RuntimeEngine(node)
                self._learn(engine, batch)
                self.events += len(batch)
                self.by_id.update((a.id, a) for a in engine.feed(batch))
                yield self.events
        except EOFError:
            return
        finally:
            self._sensor.stop()

    def _learn(self, engine: RuntimeEngine, batch: EventBatch) -> None:
        """Gives the engine what is known of the images, before it judges: a live agent learns it a moment later."""
        for digest in sorted(engine.needs(batch) - self._asked):
            self._asked.add(digest)
            inventory = self._look_up(digest)
            if inventory is not None:
                engine.learn_image(inventory)

    def incidents(self) -> list[Incident]:
        """What the alerts mean together, as the server would say it (without findings of images)."""
        built: dict[str, Incident] = {}
        members: dict[str, list[Alert]] = {}
        for alert in sorted(self.by_id.values(), key=lambda a: (a.time, a.id)):
            identity = next((i.id for i in built.values() if grouping.belongs(alert, i)), "")
            if not identity and grouping.opens(alert):
                identity = grouping.incident_id_for(alert)
            if not identity:
                continue
            members.setdefault(identity, []).append(alert)
            built[identity] = build(identity, members[identity], [], [], None, built.get(identity))
        return list(built.values())
