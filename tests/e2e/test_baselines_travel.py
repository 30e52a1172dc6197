"""What one node learned, another judges by; what a person decides, all judge by: over a real server on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.uplink_http import HttpUplink
from periderm.app.application import Application
from periderm.app.baseline_decisions import decide, undo
from periderm.app.baselines import review, show_baseline
from periderm.console import assets
from periderm.engines.baseline.engine import BaselineEngine
from periderm.flow.digest import Digest
from periderm.flow.fetch_baselines import PERIOD_NS, FetchBaselines
from periderm.flow.outbox import Outbox
from periderm.model.alert import Alert
from periderm.model.baseline import Phase, Verdict
from periderm.model.behaviour import Aspect
from periderm.model.event import EventBatch, Tick
from periderm.model.principal import LOCAL_ADMIN
from periderm.server.create import create_server
from periderm.server.run import bind
from tests.flow.conftest import CONTAINER, NODE, T0
from tests.flow.rows import batch
from tests.flow.test_baselining import READ, START, WORKLOAD
from tests.story import FixedClock, application

STEAL = {**READ, "text": "/etc/shadow"}


class Machine:
    """A node: an engine, its outbox, and what it fetches."""

    def __init__(self, folder: Path, number: int, app: Application) -> None:
        self.node = msgspec.structs.replace(NODE, id=f"node-{number}")
        self.container = msgspec.structs.replace(CONTAINER, id=f"ctr-{number}", node_id=self.node.id)
        self.engine = BaselineEngine(self.node)
        self.bus = LocalBus(str(folder / self.node.id))
        self.uplink = HttpUplink(app.settings.url, str(folder / "token"))
        self.outbox = Outbox(self.bus, self.uplink, f"agent:{number}")
        self.fetch = FetchBaselines(self.uplink, self.engine.know)
        self.now = PERIOD_NS
        self.batches = 0

    def feed(self, at: float, *rows: dict[str, Any]) -> list[Alert]:
        """A batch, and the time after it."""
        made = batch(*({**row, "at": at} for row in rows), subjects=(self.node, self.container))
        self.batches += 1  # each has a table of strings of its own
        told = self.engine.feed(EventBatch(made.rows, made.strings, made.subjects, self.batches))
        return told + self.engine.tick(Tick(T0 + int(at * 1e9)))

    def live(self, minutes: range) -> list[Alert]:
        """The container does the same all the time."""
        found = self.feed(minutes.start * 60, START)
        for minute in minutes:
            found += self.feed(minute * 60 + 1, READ)
        return found

    def talk(self, digest: Digest, alerts: list[Alert] | None = None) -> None:
        """Sends what is new, and gets what is new."""
        self.outbox.put([*self.engine.news(), *(alerts or [])])
        while self.outbox.send_some():
            pass
        while digest.step():
            pass
        self.fetch.step([WORKLOAD], self.now)
        self.now += 2 * PERIOD_NS


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Application, Digest]]:
    """A server on loopback, and what digests its spool."""
    import uvicorn

    (tmp_path / "token").write_text("token")
    listener = bind("127.0.0.1", 0)
    bus = LocalBus(str(tmp_path / "spool"))
    clock = FixedClock(T0 + 3 * 3600 * 10**9)
    app = application(tmp_path, clock, bus, port=listener.getsockname()[1])
    empty = assets.Assets({"console.css": "", "console.js": "", "mark.svg": ""}, {})
    server = uvicorn.Server(uvicorn.Config(create_server(app, "token", built=empty), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield app, Digest(bus, app.store, clock)
    server.should_exit = True
    thread.join()
    bus.close()
    app.store.close()


def test_a_second_node_begins_where_the_first_is(tmp_path: Path, served: tuple[Application, Digest]) -> None:
    """The first learns until it settles; the second knows that from its first second, and tells what deviates; what a person
    accepts is told by neither; taken back, it is told again."""
    app, digest = served
    first, second = (Machine(tmp_path, number, app) for number in (1, 2))
    assert first.live(range(120)) == []
    first.talk(digest)
    learned = show_baseline(app, LOCAL_ADMIN, WORKLOAD)
    assert learned.phase is Phase.ALERTING
    assert "/etc/app.conf" in {e.behaviour.value for e in learned.entries if e.behaviour.aspect is Aspect.READ}

    second.talk(digest)
    assert second.live(range(121, 122)) == []
    told = second.feed(122 * 60, STEAL)
    assert [alert.deviation.behaviour.value for alert in told if alert.deviation] == ["/etc/shadow"]
    second.talk(digest, told)
    (waiting,) = review(app, LOCAL_ADMIN, WORKLOAD).waiting

    made = decide(app, LOCAL_ADMIN, WORKLOAD, [waiting.behaviour], verdict=Verdict.ACCEPT, reason="the check reads it")
    for machine in (first, second):
        machine.talk(digest)
    assert first.feed(180 * 60, STEAL) == []
    assert [a for a in second.feed(180 * 60, STEAL) if a.count == 1] == []
    assert review(app, LOCAL_ADMIN, WORKLOAD).waiting == ()

    undo(app, LOCAL_ADMIN, WORKLOAD, made.id, "it does not")
    first.talk(digest)
    again = first.feed(240 * 60, {**START, "process": 5, "pid": 5000}, {**STEAL, "process": 5, "pid": 5000})
    assert "/etc/shadow" in {alert.deviation.behaviour.value for alert in again if alert.deviation}
    for machine in (first, second):
        machine.uplink.close()
        machine.bus.close()
