"""The processes of the product: server, worker, agent.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

from periderm.model.errors import FormatError
from periderm.model.settings import Settings
from periderm.wiring.advising import advisory_source
from periderm.wiring.looking import looks
from periderm.wiring.machine import budget_of, live_sensor, recorder, runtimes, this_node
from periderm.wiring.remembering import remembering
from periderm.wiring.rules import rule_packs
from periderm.wiring.scanning import image_scan
from periderm.wiring.stored import history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from periderm.app.watch import Agent
    from periderm.engines.runtime.engine import RuntimeEngine
    from periderm.engines.runtime.judging import Detector
    from periderm.engines.runtime.prefilter import Prefilter
    from periderm.flow.observed import Observed
    from periderm.flow.outbox import Outbox
    from periderm.flow.watch import Watch
    from periderm.model.asset import Container, Node
    from periderm.model.event import SensorCounters
    from periderm.ports.host_state import HostLook
    from periderm.ports.uplink import Uplink


def service_token(settings: Settings) -> str:
    """The secret of the product's own processes, made if there is none."""
    from periderm.adapters.secret_file import ensure_secret

    return ensure_secret(settings.service_token)


def uplink(settings: Settings) -> Uplink:
    """The way to this machine's server."""
    from periderm.adapters.uplink_http import HttpUplink

    return HttpUplink(settings.url, settings.service_token)


def serve(settings: Settings) -> None:
    """The server process: takes in, stores, correlates, answers. Returns when it was told to stop."""
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.digesting import digesting
    from periderm.app.rematch import rematching
    from periderm.app.rules_shelf import RuleShelf
    from periderm.server.run import serve as run_server

    clock = SystemClock()
    token = service_token(settings)
    store = SqlStore(settings.database, clock)
    bus = LocalBus(os.path.join(settings.spool, "server"))
    try:
        shelf = RuleShelf(rule_packs(settings, keep=False))
        app = Application(store=store, clock=clock, settings=settings, bus=bus, history=history(settings), rules=shelf)
        with digesting(app), rematching(app, lambda: advisory_source(settings)):
            run_server(app, token)
    finally:
        bus.close()
        store.close()


def worker(settings: Settings, stop: threading.Event) -> None:
    """The worker process: scans what waits until `stop` is set."""
    from periderm import __version__
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.state_files import spool_name
    from periderm.app.working import working
    from periderm.flow.outbox import Outbox
    from periderm.flow.work import Worker
    from periderm.model.envelope import Heartbeat

    folder = os.path.join(settings.spool, "worker")
    clock = SystemClock()
    server = uplink(settings)
    beat = Heartbeat(role="worker", node_id=this_node(settings).id, pid=os.getpid(), time=0, version=__version__)
    bus = LocalBus(folder)
    try:
        outbox = Outbox(bus, server, spool_name(folder, "worker"))
        working(Worker(server, outbox, clock, image_scan(settings), beat), outbox, stop)
    finally:
        bus.close()


def host_look() -> HostLook:
    """The look at this machine; PERIDERM_KNOWN_BPF names BPF programs and pins that are the user's own (globs, by commas)."""
    from periderm.adapters.host_state_linux import LinuxHostLook
    from periderm.adapters.sensor_ebpf import DEFAULT_PIN_DIR, OBJECT

    own = os.environ.get("PERIDERM_PINS") or DEFAULT_PIN_DIR
    known = (word.strip() for word in os.environ.get("PERIDERM_KNOWN_BPF", "").split(","))
    objects = [str(path) for path in OBJECT.parent.glob("*.o")]
    look = LinuxHostLook((f"{own}/*", f"{own}-responses/*", "pdrm_*", *(word for word in known if word)), own_objects=objects)
    look.prime()
    return look


def _engine(settings: Settings, node: Node, memory: str) -> RuntimeEngine:
    """The engine as it was when the agent last stopped, its patterns from the cache."""
    from periderm.adapters.pattern_files import PatternFiles
    from periderm.adapters.state_files import load_engine
    from periderm.engines.runtime.engine import RuntimeEngine

    engine = RuntimeEngine(node, kept=PatternFiles(os.path.join(settings.cache, "patterns")))
    with contextlib.suppress(FormatError):  # another version wrote it: the engine starts fresh
        if before := load_engine(memory, node.boot_id):
            engine.restore(before)
    return engine


def _figures(counters: SensorCounters, watch: Watch, outbox: Outbox) -> dict[str, float]:
    named = ("seen", "sent", "folded", "filtered", "lost", "unreadable", "truncated", "killed")
    sums = {name: float(getattr(counters, name)) for name in named}
    return sums | {"events": float(watch.events), "alerts": float(watch.alerts), "spooled": float(outbox.pending())}


def agent(settings: Settings, *, record: str = "") -> Agent:
    """All parts of the agent. The sensor is loaded here, then privileges are given up, then threads may start."""
    from periderm import __version__
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.container_files import inodes_of
    from periderm.adapters.listening_linux import LinuxListening
    from periderm.adapters.memory_linux import few_arenas, give_back_memory
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.sensor_ebpf.privileges import drop_privileges
    from periderm.adapters.state_files import load_policies, save_engine, save_policies, spool_name
    from periderm.app.watch import Agent
    from periderm.flow.control import Control
    from periderm.flow.host_looks import HostLooks
    from periderm.flow.outbox import Outbox
    from periderm.flow.put_rules import PutRules
    from periderm.flow.usage import Usage
    from periderm.flow.watch import Policies, Watch
    from periderm.model.envelope import Heartbeat
    from periderm.wiring.responding import carrying_out, exempt_names, response_parts

    few_arenas()
    clock = SystemClock()
    node = this_node(settings)
    host, sensor = host_look(), live_sensor()  # the look's first part needs rights that are given up below
    sensor.start()
    acting, guarding, end = response_parts(settings, node, clock)
    drop_privileges()
    folder = os.path.join(settings.spool, "agent")
    kept = os.path.join(settings.state, "policies.json")
    bus = LocalBus(folder)
    server = uplink(settings)
    outbox = Outbox(bus, server, spool_name(folder, "agent"))
    known = runtimes(node.id)

    def find(container_id: str) -> Container | None:
        return next((c for r in known for c in r.containers() if c.container_id == container_id), None)

    file = recorder(record) if record else None
    kept_history = history(settings)
    kept_events = remembering(settings, kept_history)
    memory = os.path.join(settings.state, "engine.state")
    engine = _engine(settings, node, memory)
    give_back_memory()  # compiling patterns took much of it for a moment

    def seen_inside(found: Observed) -> None:
        watch.give(found)

    looking = looks(settings, seen_inside) if settings.content_on else None
    interpreter, standing = carrying_out(settings, acting, clock, kept_history, outbox.put)
    watch = Watch(
        node=node,
        sensor=sensor,
        engine=engine,
        inodes_of=inodes_of,
        keep=lambda snapshot: save_engine(memory, node.boot_id, snapshot),
        outbox=outbox,
        interpreter=interpreter,
        guarding=guarding,
        exempt=exempt_names(),
        runtimes=known,
        clock=clock,
        recorder=file,
        remember=kept_events.keep if kept_events else None,
        look=looking.offer if looking else None,
        budget=budget_of(settings, sensor, node.id),
    )
    watch.give(Policies(load_policies(kept)))

    def prepare(detectors: Sequence[Detector]) -> Prefilter:
        made = engine.prepare(detectors)
        give_back_memory()
        return made

    rules = PutRules(rule_packs(settings), watch.give, prepare)

    control = Control(
        node=node,
        watch=watch,
        outbox=outbox,
        uplink=server,
        runtimes=known,
        clock=clock,
        counters=sensor.counters,
        heartbeat=Heartbeat(role="agent", node_id=node.id, pid=os.getpid(), time=0, version=__version__),
        save_policies=lambda policies: save_policies(kept, policies),
        figures=lambda: _figures(sensor.counters(), watch, outbox),
        usage=Usage(node.id, LinuxProc(), LinuxListening()),
        rules=rules,
        history=kept_events.counts if kept_events else dict,
        looks=looking,
        host=HostLooks(node, host, watch.give, clock),
    )
    return Agent(
        watch=watch,
        control=control,
        outbox=outbox,
        sensor=sensor,
        bus=bus,
        recorder=file,
        remembering=kept_events,
        looks=looking,
        standing=standing,
        close=end,
    )
