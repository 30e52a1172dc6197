"""A large store, made by the store's own means: alerts that the story's attack gives, incidents that the correlation makes of
them, on many machines over many days. It is kept between runs; what is not there is made. Measures nothing.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from periderm.adapters.clock_system import SystemClock  # noqa: E402 -- after the path above
from periderm.adapters.history_parquet.history import ParquetHistory  # noqa: E402 -- after the path above
from periderm.adapters.history_parquet.limits import Limits  # noqa: E402 -- after the path above
from periderm.adapters.store_sql.store import SqlStore  # noqa: E402 -- after the path above
from periderm.correlate.incident import build  # noqa: E402 -- after the path above
from periderm.model.alert import Alert  # noqa: E402 -- after the path above
from periderm.model.asset import Asset, Container, Node  # noqa: E402 -- after the path above
from periderm.model.event import EVENT_DTYPE, EventBatch, Subject  # noqa: E402 -- after the path above
from periderm.model.incident import Incident, IncidentState  # noqa: E402 -- after the path above
from tests import story  # noqa: E402 -- the story lies in tests/, which is not installed

NODES, CONTAINERS, WORKLOADS, IMAGES = 100, 3000, 300, 200
DAYS = 30
DAY_NS = 86_400 * 10**9
SECOND = 10**9
AT_ONCE = 2_000
STATES = (  # of incidents: how many in a hundred
    (IncidentState.NEW, 4),
    (IncidentState.ACKNOWLEDGED, 4),
    (IncidentState.FALSE_ALARM, 12),
    (IncidentState.RESOLVED, 80),
)
BATCH = 50_000
LIMITS = Limits(days=100_000, quota=64 << 30, free=0)


def digest_of(number: int) -> str:
    """An image's."""
    return f"sha256:{number:064x}"


def node(number: int, now: int) -> Node:
    """A machine."""
    return msgspec.structs.replace(story.node(now), id=f"nod-{number:08x}", name=f"node-{number}", hostname=f"node-{number}")


def container(number: int, now: int) -> Container:
    """One of a workload, on one of the machines."""
    workload = number % WORKLOADS
    return msgspec.structs.replace(
        story.container(1, now),
        id=f"con-{number:016x}",
        name=f"shop-{workload}-{number}",
        container_id=f"{number:064x}",
        node_id=f"nod-{number % NODES:08x}",
        image_digest=digest_of(workload % IMAGES),
        image_name=f"localhost/shop/web-{workload % IMAGES}:2.4",
        workload_id=f"wrk-{workload:08x}",
    )


def assets(now: int) -> Iterator[Asset]:
    """All machines, images and containers."""
    for number in range(NODES):
        yield node(number, now)
    for number in range(IMAGES):
        name = f"localhost/shop/web-{number}:2.4"
        yield msgspec.structs.replace(
            story.image(now), id=f"img-{number:016x}", digest=digest_of(number), name=name, references=(name,)
        )
    for number in range(CONTAINERS):
        yield container(number, now)


def _attack(number: int, count: int, at: int, chance: random.Random) -> tuple[Incident, list[Alert]]:
    """An incident of so many alerts: the story's steps, again and again."""
    where = container(chance.randrange(CONTAINERS), at)
    identity = f"inc-{number:024x}"
    alerts: list[Alert] = []
    for turn in range(-(-count // 4)):
        for step, one in enumerate(story.alerts(at + turn * 60 * SECOND)):
            alerts.append(
                msgspec.structs.replace(
                    one,
                    id=f"alt-{number * 100 + turn * 4 + step:024x}",
                    node_id=where.node_id,
                    asset_id=where.id,
                    container_id=where.container_id,
                    container_name=where.name,
                    image_digest=where.image_digest,
                    workload_id=where.workload_id,
                    incident_id=identity,
                )
            )
    alerts = alerts[:count]
    state = chance.choices([s for s, _ in STATES], [n for _, n in STATES])[0]
    found = build(identity, alerts, [], [], None, ownership=where.ownership)
    return msgspec.structs.replace(found, state=state), alerts


def fill_store(folder: Path, incidents: int, alerts: int) -> Path:
    """The store's file, made with the newest part of `DAYS` at the moment of making. Kept under a name that says how large."""
    kept = folder / f"store-{incidents}-{alerts}.sqlite"
    if kept.exists():
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    making = folder / "making"
    shutil.rmtree(making, ignore_errors=True)
    began, now = time.monotonic(), time.time_ns()
    store = SqlStore(str(making / "store.sqlite"), SystemClock())
    chance = random.Random(8)  # noqa: S311 -- the same store each time
    try:
        with store.transaction():
            store.put_assets(assets(now))
        for start in range(0, incidents, AT_ONCE):
            with store.transaction():
                waiting: list[Alert] = []
                for number in range(start, min(start + AT_ONCE, incidents)):
                    at = now - int(chance.random() * DAYS * DAY_NS)
                    incident, some = _attack(number, alerts // incidents, at, chance)
                    store.put_incident(incident)
                    waiting += some
                store.put_alerts(waiting)
    finally:
        store.close()
    (making / "store.sqlite").replace(kept)
    shutil.rmtree(making)
    print(f"server: made a store of {incidents:,} incidents and {alerts:,} alerts in {time.monotonic() - began:.0f} s")
    return kept


def event_batches(rows: int, until: int, days: int, *, seed: int = 9) -> Iterator[EventBatch]:
    """So many events of all containers over so many days, oldest first: three in four are opens of paths that repeat, the rest
    programs with arguments of their own, and connections."""
    chance = np.random.default_rng(seed)
    strings = ["", *(f"/usr/lib/x86_64-linux-gnu/lib{i}.so.{i % 9}" for i in range(4000))]
    strings += [f"/usr/bin/program-{i}" for i in range(300)]
    strings += [f"10.0.{i // 250}.{i % 250}" for i in range(2000)]
    known = len(strings)
    everyone: tuple[Subject, ...] = (node(0, until), *(container(n, until) for n in range(CONTAINERS)))
    step = days * DAY_NS // rows
    for start in range(0, rows, BATCH):
        count = min(BATCH, rows - start)
        made = np.zeros(count, EVENT_DTYPE)
        kind = chance.choice([4, 1, 2, 5, 24], count, p=[0.75, 0.08, 0.05, 0.1, 0.02])
        made["kind"] = kind
        made["time"] = until - days * DAY_NS + (start + np.arange(count)) * step
        made["process"] = chance.integers(10**12, 10**12 + 5000, count)
        made["parent"] = chance.integers(10**12, 10**12 + 500, count)
        made["pid"], made["ppid"] = made["process"] % 60_000, made["parent"] % 60_000
        made["subject"] = chance.integers(0, len(everyone), count)
        made["exe"] = 4001 + made["process"] % 300
        made["text"] = np.where(kind == 5, 4301 + chance.integers(0, 2000, count), 1 + chance.integers(0, 4000, count))
        made["count"], made["inode"] = 1, chance.integers(1, 10**6, count)
        execs = np.flatnonzero(kind == 1)
        made["args"][execs] = known + np.arange(len(execs))
        own = strings + [f"program\0--job\0{start + i}\0/var/spool/{i % 77}" for i in execs.tolist()]
        yield EventBatch(made, own, everyone, start + 1)


def fill_history(folder: Path, rows: int, days: int) -> Path:
    """The history's folder with so many rows over so many days, ordered as the product's keeper orders it."""
    kept = folder / f"history-{rows}-{days}"
    if kept.exists():
        return kept
    making = folder / "making-history"
    shutil.rmtree(making, ignore_errors=True)
    began, now = time.monotonic(), time.time_ns()
    past = ParquetHistory(making, LIMITS)
    for number, batch in enumerate(event_batches(rows, now, days)):
        past.append(batch)
        past.flush()
        if number % 20 == 19:
            past.maintain(now)
    past.close()
    past.maintain(now + 2 * 3600 * SECOND)
    past.maintain(now + 3 * 3600 * SECOND)
    making.replace(kept)
    print(f"server: made a history of {rows:,} events over {days} days in {time.monotonic() - began:.0f} s")
    return kept
