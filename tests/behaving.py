"""A small shop whose behaviour tests learn: an nginx with a worker, and the ways in which it can go astray."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from periderm.engines.baseline.engine import BaselineEngine
from periderm.engines.runtime.scene import HOST, SECOND, SHOP, START, batch_of, connects, image, opens, row, runs
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container
from periderm.model.baseline import Phase
from periderm.model.event import Event, EventBatch, EventFlag, EventKind, Tick
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

NGINX, SH, CURL, JOB = "/usr/sbin/nginx", "/usr/bin/dash", "/usr/bin/curl", "/usr/bin/find"
INVENTORY = image(NGINX, SH, CURL, JOB)
WORKLOAD = SHOP.workload_id
_generations = itertools.count(1)


def batch(*events: Event) -> EventBatch:
    """The events as a batch with tables of its own."""
    return batch_of(tuple(events), generation=next(_generations))


def feed(engine: BaselineEngine, *events: Event) -> list[Alert]:
    """What the engine tells of the events."""
    return engine.feed(batch(*events))


def start(at: float = 1.0, on: Container = SHOP) -> tuple[Event, ...]:
    """The shop's first program and its worker."""
    return (
        runs(1, 9_000, NGINX, "nginx", "-g", "daemon off;", at=at, on=on),
        opens(1, "/etc/nginx/nginx.conf", at=at + 0.1, on=on),
        row(EventKind.LISTEN, 1, "::", port=80, family=2, at=at + 0.2, on=on, exe=NGINX),
        row(EventKind.FORK, 2, "", parent=1, at=at + 0.3, on=on, exe=NGINX, uid=33),
    )


def serve(at: float, on: Container = SHOP) -> tuple[Event, ...]:
    """One request."""
    return (
        row(EventKind.ACCEPT, 2, "10.0.0.7", port=80, family=2, at=at, on=on, exe=NGINX, uid=33, arg1=40_000),
        opens(2, "/var/www/index.html", at=at + 0.01, on=on, uid=33),
        opens(2, "/var/log/nginx/access.log", write=True, at=at + 0.02, on=on, uid=33),
    )


def named(events: Iterable[Event]) -> tuple[Event, ...]:
    """With the acting executable, as the sensor says it."""
    return tuple(event if event.exe else msgspec.structs.replace(event, exe=NGINX) for event in events)


def day(seconds: int = 900, begin: float = 1.0) -> tuple[Event, ...]:
    """The shop starts and serves a request every five seconds."""
    several = [start(begin)]
    several += [serve(begin + 2 + moment) for moment in range(0, seconds, 5)]
    return named(event for events in several for event in events)


def learned(*more: Event, seconds: int = 900) -> BaselineEngine:
    """An engine that has learned the shop until it alerts, and what else is given."""
    engine = BaselineEngine(HOST)
    engine.learn_image(INVENTORY)
    events = sorted((*day(seconds), *more), key=lambda event: event.time)
    engine.feed(batch(*events))
    engine.tick(Tick(START + (seconds + 400) * SECOND))
    baseline = engine.baseline(WORKLOAD)
    assert baseline is not None
    assert baseline.phase is Phase.ALERTING
    return engine


def shell(at: float, process: int = 50, parent: int = 2, script: str = "id", **more: object) -> Event:
    """The worker starts a shell."""
    return runs(process, parent, SH, "sh", "-c", script, at=at, uid=33, **more)


def rule(process: int, severity: Severity = Severity.HIGH) -> Alert:
    """What a rule says of a process."""
    text = Text("a rule", "规则")
    record = ProcessRecord(key=process, parent=0, pid=process, exe="/x")
    return Alert(
        id=f"alt-{process}", detector="RUN-001", title=text, message=text, severity=severity, maturity=Maturity.STABLE,
        techniques=(), time=0, last_time=0, node_id=HOST.id, asset_id=SHOP.id, process=record, lineage=(record,),
    )  # fmt: skip


def cut(whole: EventBatch, places: Sequence[int]) -> list[EventBatch]:
    """The same rows in several batches over the same tables."""
    edges = [0, *sorted(min(place, len(whole)) for place in places), len(whole)]
    return [EventBatch(whole.rows[a:b], whole.strings, whole.subjects, whole.generation) for a, b in itertools.pairwise(edges)]


__all__ = [
    "CURL", "HOST", "INVENTORY", "JOB", "NGINX", "SECOND", "SH", "SHOP", "START", "WORKLOAD", "EventFlag", "batch", "connects",
    "cut", "day", "feed", "learned", "named", "opens", "row", "rule", "runs", "serve", "shell", "start",
]  # fmt: skip
