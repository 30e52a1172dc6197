"""A hundred agents at once, over the door that real ones use: mutual TLS, a certificate for each, a connection for each.

What they send is made before the clock starts; the CPU that sending takes here is counted apart.
"""

from __future__ import annotations

import concurrent.futures
import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from server import world
from server.asking import quantile
from server.served import Person, Served

from periderm.adapters.membership_local.membership import LocalMembership
from periderm.adapters.uplink_http import HttpUplink
from periderm.app.fleet import make_join_token
from periderm.formats.recording import packed
from periderm.model.alert import Alert
from periderm.model.asset import Container
from periderm.model.envelope import Envelope, Record, SeenEvents
from periderm.model.event import EVENT_DTYPE, EventBatch
from periderm.model.identity import container_id
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.wiring.fleet import authority_app
from tests import story

AGENTS = 100
SECONDS = 20.0
ALERTS_AT_ONCE = 50
ROWS_AT_ONCE = 1000
PREPARED = 20
AIM = 50_000
JOIN_AT_ONCE = 4


class Agent:
    """One machine that joined, with a connection of its own."""

    def __init__(self, server: Served, number: int, token: str) -> None:
        self.node_id = f"node-{number:024x}"
        self.url = f"https://127.0.0.1:{server.agents}"
        place = server.folder / "agents" / f"{number}.pem"
        self.way = LocalMembership(str(place), self.url, time.time_ns)
        self.way.join(token, self.node_id, f"node-{number}")
        self.uplink = HttpUplink(self.url, "", way=self.way, now=time.time_ns)
        runtime = f"{number:064x}"
        self.container = msgspec.structs.replace(
            world.container(number, time.time_ns()),
            id=container_id(self.node_id, runtime),
            container_id=runtime,
            node_id=self.node_id,
        )
        self.sequence = 0
        self.taken: list[float] = []

    def send(self, records: Sequence[Record]) -> None:
        """One envelope; returns when the server has it on the medium."""
        self.sequence += 1
        self.uplink.send([Envelope(sender="bench", sequence=self.sequence, records=tuple(records))])


def join(server: Served) -> list[Agent]:
    """A hundred machines, each by a token of its own."""
    settings = Settings(state=str(server.folder), cache=str(server.folder / "cache"), port=server.port)
    with authority_app(settings) as app:
        tokens = [make_join_token(app, LOCAL_ADMIN, name=f"node-{n}")[0] for n in range(AGENTS)]
    with concurrent.futures.ThreadPoolExecutor(JOIN_AT_ONCE) as pool:
        agents = list(pool.map(lambda n: Agent(server, n, tokens[n]), range(AGENTS)))
    for number, agent in enumerate(agents):
        node = msgspec.structs.replace(world.node(number, time.time_ns()), id=agent.node_id)
        agent.send([node, agent.container])
    return agents


def alerts_of(agent: Agent, number: int) -> list[Alert]:
    """A message's worth of what an agent judged: each alert of another process."""
    now = time.time_ns()
    found: list[Alert] = []
    for turn in range(ALERTS_AT_ONCE):
        one = story.alerts(now)[turn % 4]
        box: Container = agent.container
        found.append(
            msgspec.structs.replace(
                one,
                id=f"alt-{agent.node_id[5:]}-{number}-{turn}",
                node_id=box.node_id,
                asset_id=box.id,
                container_id=box.container_id,
                container_name=box.name,
                image_digest=box.image_digest,
                workload_id=box.workload_id,
                incident_id="",
            )
        )
    return found


def together(agents: Sequence[Agent], step: Callable[[Agent, int], int], seconds: float) -> tuple[int, float, float]:
    """All agents take steps at once, each in turn after turn: (how much they did, seconds, this process's CPU seconds)."""
    stop = threading.Event()
    done = [0] * len(agents)

    def run(place: int) -> None:
        agent, turn = agents[place], 0
        while not stop.is_set():
            begin = time.perf_counter()
            done[place] += step(agent, turn)
            agent.taken.append(time.perf_counter() - begin)
            turn += 1

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(agents))]
    began, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(done), time.perf_counter() - began, time.process_time() - cpu


def say(what: str, server: Served, agents: Sequence[Agent], did: tuple[int, float, float], cpu: float) -> None:
    """A line for each figure."""
    done, wall, own = did
    taken = [each for agent in agents for each in agent.taken]
    print(f"server: {what}: {done / wall:,.0f} a second from {len(agents)} agents, all on the medium before the answer")
    print(
        f"server:   the server used {cpu / wall:.2f} cores ({cpu / max(done, 1) * 1e6:.1f} µs each), sending {own / wall:.2f}; "
        f"an answer after {quantile(taken, 0.5) * 1e3:.0f} ms (p50), {quantile(taken, 0.95) * 1e3:.0f} ms (p95); "
        f"at most {server.peak():.0f} MiB resident"
    )


def events_of(agent: Agent, seed: int, until: int) -> list[SeenEvents]:
    """Rows as the agent packs them: of one container of its own and of the node, over the last minute."""
    node = msgspec.structs.replace(world.node(seed, until), id=agent.node_id)
    found: list[SeenEvents] = []
    for batch in world.event_batches(PREPARED * ROWS_AT_ONCE, until, 1, seed=seed):
        for start in range(0, len(batch), ROWS_AT_ONCE):
            rows = batch.rows[start : start + ROWS_AT_ONCE].copy()
            rows["subject"] = rows["subject"] % 2
            rows["time"] = until - 60 * world.SECOND + np.arange(len(rows)) * 10**6
            one = EventBatch(rows, batch.strings, (node, agent.container), batch.generation)
            found.append(SeenEvents(node_id=agent.node_id, rows=len(one), data=packed(one)))
    return found


def events(server: Served, agents: Sequence[Agent]) -> None:
    """Rows of events at the rate that is aimed at, and then as fast as they are taken."""
    until = time.time_ns()
    prepared = {agent.node_id: events_of(agent, number, until) for number, agent in enumerate(agents)}
    size = sum(len(each.data) for some in prepared.values() for each in some) / (len(agents) * PREPARED * ROWS_AT_ONCE)
    print(f"server: events are sent as {size:.1f} bytes each, {ROWS_AT_ONCE} in a message")
    for what, rate in ((f"{AIM:,} events a second offered", AIM), ("events, as many as are taken", 0)):
        _events(server, agents, prepared, what, rate=rate)


def _events(server: Served, agents: Sequence[Agent], prepared: dict[str, list[SeenEvents]], what: str, *, rate: int) -> None:
    person = Person(server)
    pause = len(agents) * ROWS_AT_ONCE / rate if rate else 0.0
    began = time.perf_counter()

    def step(agent: Agent, turn: int) -> int:
        if pause:  # each agent has its own moment in the pause
            place = int(agent.node_id[5:], 16) / len(agents)
            time.sleep(max(0.0, began + (turn + place) * pause - time.perf_counter()))
        batch = prepared[agent.node_id][turn % PREPARED]
        agent.send([batch])
        return batch.rows

    for agent in agents:
        agent.taken.clear()
    server.forget_peak()
    before, cpu = rows_kept(person), server.cpu()
    lags: list[float] = []
    stop = threading.Event()
    watching = threading.Thread(target=_lag, args=(Person(server), agents[0], lags, stop))
    watching.start()
    did = together(agents, step, SECONDS)
    last = time.perf_counter()
    used = server.cpu() - cpu
    while rows_kept(person) - before < did[0] and time.perf_counter() - last < 120:
        time.sleep(1.0)
    late = time.perf_counter() - last
    stop.set()
    watching.join()
    say(what, server, agents, did, used)
    print(
        f"server:   all {did[0]:,} are there {late:.1f} s after the last was sent; {rows_kept(person) - before:,} more are kept"
    )
    if lags:
        print(f"server:   an event is found {quantile(lags, 0.5):.2f} s (median), {max(lags):.2f} s (longest) after its answer")


def _lag(person: Person, agent: Agent, lags: list[float], stop: threading.Event) -> None:
    """Sends one row with a text of its own now and then, and asks for it until it is found."""
    other = Beside(agent)
    for number in itertools.count():
        if stop.wait(1.0):
            return
        word = f"/srv/bench/lag-{number}-{time.time_ns()}"
        rows = np.zeros(1, EVENT_DTYPE)
        rows["kind"], rows["time"], rows["text"], rows["count"] = 4, time.time_ns(), 1, 1
        node = msgspec.structs.replace(world.node(0, time.time_ns()), id=agent.node_id)
        batch = EventBatch(rows, ["", word], (node,), number)
        other.send([SeenEvents(node_id=agent.node_id, rows=1, data=packed(batch))])
        sent = time.perf_counter()
        since = time.time_ns() - 120 * world.SECOND
        while not json.loads(person.get(f"/api/v1/history?limit=1&since={since}&text={word}", missing=True))["items"]:
            if time.perf_counter() - sent > 30:
                break
            time.sleep(0.05)
        lags.append(time.perf_counter() - sent)


class Beside:
    """A second sender of a machine, with a sequence of its own."""

    def __init__(self, agent: Agent) -> None:
        self._uplink = HttpUplink(agent.url, "", way=agent.way, now=time.time_ns)
        self._sequence = 0
        self._name = f"beside-{time.time_ns()}"

    def send(self, records: Sequence[Record]) -> None:
        """One envelope."""
        self._sequence += 1
        self._uplink.send([Envelope(sender=self._name, sequence=self._sequence, records=tuple(records))])


def rows_kept(person: Person) -> int:
    """Rows that can be asked for now."""
    return int(json.loads(person.get("/api/v1/history/info", missing=True)).get("rows", 0))


def alerts(server: Served, agents: Sequence[Agent], person: Person) -> None:
    """What agents judged: durable, and then stored, linked and found by people."""
    prepared = {agent.node_id: [alerts_of(agent, n) for n in range(200)] for agent in agents}

    def step(agent: Agent, turn: int) -> int:
        batch = prepared[agent.node_id][turn % 200]
        if turn >= 200:
            time.sleep(0.2)
            return 0
        agent.send(batch)
        return len(batch)

    for agent in agents:
        agent.taken.clear()
    server.forget_peak()
    cpu = server.cpu()
    did = together(agents, step, SECONDS / 2)
    say("alerts", server, agents, did, server.cpu() - cpu)
    began, sent = time.perf_counter(), did[0]
    while (there := json.loads(person.get("/api/v1/alerts?limit=1"))["total"]) < sent and time.perf_counter() - began < 300:
        time.sleep(0.5)
    late = time.perf_counter() - began
    rate = there / (did[1] + late)
    print(f"server:   {there:,} of {sent:,} are found {late:.1f} s after the last was sent: {rate:,.0f} stored a second")


def ingest(server: Served) -> None:
    """All of it."""
    began = time.perf_counter()
    agents = join(server)
    print(f"server: {len(agents)} agents joined in {time.perf_counter() - began:.0f} s")
    person = Person(server)
    events(server, agents)
    alerts(server, agents, person)
