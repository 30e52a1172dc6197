"""The processes of the product: server, worker, agent.

Adapters are named inside the functions, so that a command loads only what it uses.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from periderm.model.errors import FormatError
from periderm.model.settings import Settings
from periderm.wiring.advising import advisory_source
from periderm.wiring.baselining import baselining, sampling
from periderm.wiring.fleet import authority, doors, renewing
from periderm.wiring.lasting import measured, ready, under_way
from periderm.wiring.looking import looks
from periderm.wiring.machine import budget_of, recorder, runtimes, this_node
from periderm.wiring.own_door import AgentFigures, agent_door, check, losses, took_order
from periderm.wiring.remembering import gathering, quota, remembering, sharing
from periderm.wiring.rules import rule_packs
from periderm.wiring.stored import history, whole_history

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.sensor_ebpf import EbpfSensor
    from periderm.app.watch import Agent
    from periderm.engines.runtime.engine import RuntimeEngine
    from periderm.engines.runtime.judging import Detector
    from periderm.engines.runtime.prefilter import Prefilter
    from periderm.flow.budget import Budget
    from periderm.flow.control import Control
    from periderm.flow.done_orders import DoneOrders
    from periderm.flow.image_shelf import ImageShelf
    from periderm.flow.observed import Observed
    from periderm.flow.outbox import Outbox
    from periderm.flow.remember import Remembering
    from periderm.flow.sharing import Sharing
    from periderm.flow.watch import Watch
    from periderm.model.asset import Node
    from periderm.model.event import EventBatch
    from periderm.model.fleet import DoorInfo
    from periderm.ports.sensor import Shedder
    from periderm.ports.uplink import Uplink

KEPT_MESSAGES = 10_000  # that the server took, for one that is put back from a copy
SHELF_BYTES = 512 << 20  # what is kept of the inventories of a node's images


def service_token(settings: Settings) -> str:
    """The secret of the product's own processes, made if there is none."""
    from periderm.adapters.secret_file import ensure_secret

    return ensure_secret(settings.service_token)


def life_of(settings: Settings) -> str:
    """Of the state that this server works with: made when there is none, and in no copy of the state."""
    from periderm.adapters.secret_file import ensure_secret

    return ensure_secret(os.path.join(settings.state, "life"))[:22]


def uplink(settings: Settings) -> Uplink:
    """The way to this machine's server, or to the one elsewhere that it joined."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.uplink_http import HttpUplink
    from periderm.flow.tracing import traceparent

    if settings.server:
        from periderm.wiring.fleet import membership

        return HttpUplink(settings.server, "", way=membership(settings), now=SystemClock().now, trace=traceparent)
    return HttpUplink(settings.url, settings.service_token, trace=traceparent)


def node_bus(settings: Settings, folder: str) -> LocalBus:
    """The spool of an agent or a worker: a quarter of its room is for detail, the rest for what matters."""
    from periderm.adapters.bus_local.bus import SEGMENT_BYTES, LocalBus
    from periderm.flow.outbox import DETAIL

    room = settings.spool_mib << 20
    segment = min(SEGMENT_BYTES, room // 32)
    return LocalBus(folder, segment_bytes=segment, cap_bytes=room * 3 // 4, caps={DETAIL: room // 4})


def serve(settings: Settings) -> None:
    """The server process: takes in, stores, correlates, answers. Returns when it was told to stop."""
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.kept_secrets import KeptSecrets
    from periderm.adapters.passwords_argon2 import Argon2Passwords
    from periderm.adapters.scan_cache_files import fingerprint
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.digesting import digesting
    from periderm.app.fetching_owners import fetching_owners
    from periderm.app.notifying import notifying
    from periderm.app.rematch import rematching
    from periderm.app.rules_shelf import RuleShelf
    from periderm.app.watching import watching
    from periderm.console.render import warm
    from periderm.server.run import serve as run_server
    from periderm.wiring.notifying import notifier_for, tickets_for
    from periderm.wiring.owning import owner_documents
    from periderm.wiring.settling import settle
    from periderm.wiring.watching import secret_named, watched_client

    clock = SystemClock()
    token = service_token(settings)
    store = SqlStore(settings.database, clock)
    bus = LocalBus(os.path.join(settings.spool, "server"))
    told_of: list[Callable[[], DoorInfo]] = []
    try:
        own = authority(settings) if settings.agents or settings.listen else None
        shelf = RuleShelf(rule_packs(settings, keep=False))
        app = Application(
            store=store,
            clock=clock,
            settings=settings,
            bus=bus,
            history=whole_history(settings) if settings.agents else history(settings),
            rules=shelf,
            secret_of=secret_named,
            notifier_for=notifier_for,
            tickets_for=tickets_for,
            passwords=Argon2Passwords(),
            authority=own,
            life=life_of(settings),
            secrets=KeptSecrets(settings.secrets),
            owner_documents=owner_documents(),
            doors=lambda: [each() for each in told_of],
            quota=quota(settings, clock) if settings.agents else None,
            **measured(settings, store_path=settings.database),
        )
        with (
            digesting(app, engine=fingerprint()),
            gathering(settings, app),
            rematching(app, lambda: advisory_source(settings)),
            watching(app, lambda watch: watched_client(settings, watch.credentials)),
            notifying(app),
            fetching_owners(app),
            doors(settings, app, own, told_of) if own is not None else contextlib.nullcontext(),
        ):
            run_server(app, token, on_ready=lambda: settle(ready, warm))
    finally:
        bus.close()
        store.close()


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


def _live_budget(settings: Settings, sensor: Shedder, node_id: str) -> Budget:
    """The budget, which another word in the settings' file changes at once."""
    budget = budget_of(settings, sensor, node_id)
    if (ours := under_way()) is not None:
        ours.reloading.listen(lambda new: budget.limit(cpu=new.budget_cpu, memory=new.budget_memory_mib))
    return budget


def _live_words(watch: Watch, control: Control) -> None:
    """What is exempt, and whether unused images are scanned, hold from the moment on at which the settings' file says so."""
    from periderm.flow.news import Exempt
    from periderm.wiring.responding import exempt_names

    def take(new: Settings) -> None:
        watch.give(Exempt(exempt_names(new)))
        control.own_images.unused = new.scan_unused

    if (ours := under_way()) is not None:
        ours.reloading.listen(take)


def _keepers(kept: Remembering | None, shared: Sharing | None) -> Callable[[EventBatch], None] | None:
    """What rows are given to: this machine's history, and what goes to the server."""
    if kept is None or shared is None:
        return kept.keep if kept else None
    first, second = kept.keep, shared.keep

    def both(batch: EventBatch) -> None:
        first(batch)
        second(batch)

    return both


def _own_work(settings: Settings, sensor: EbpfSensor, end: Callable[[], None]) -> Callable[[], None]:
    """Listens for the product's own commands of this machine; gives what ends that, and then the rest."""
    from periderm.adapters.own_work import OwnWorkListener

    own = OwnWorkListener(settings.own_work, sensor.ignore_reads, sensor.watch_again)
    own.start()

    def close() -> None:
        own.close()
        end()

    return close


def image_shelf(settings: Settings, server: Uplink) -> ImageShelf:
    """Inventories of this node's images, kept where they can be made again."""
    from periderm.adapters.scan_cache_files import FileCache
    from periderm.flow.image_shelf import ImageShelf

    return ImageShelf(server, FileCache(os.path.join(settings.cache, "inventories"), SHELF_BYTES))


def _outbox(bus: LocalBus, server: Uplink, folder: str) -> tuple[Outbox, DoneOrders]:
    """What the agent says, and which orders it has said the end of, with what both remember over restarts."""
    from periderm.adapters.standing_files import StandingFile
    from periderm.adapters.state_files import WordFile, spool_name
    from periderm.flow.done_orders import DoneOrders
    from periderm.flow.outbox import Outbox

    kept = StandingFile(os.path.join(folder, "done-orders.json"), str)
    done = DoneOrders(kept.load, kept.save, monotonic=time.monotonic_ns, took=took_order)
    name, met = spool_name(folder, "agent"), WordFile(os.path.join(folder, "server-life"))
    shedding = WordFile(os.path.join(folder, "given-up"))
    outbox = Outbox(bus, server, name, keep=KEPT_MESSAGES, memory=met, shedding=shedding, durable=done.note, now=time.time_ns)
    return outbox, done


def agent(settings: Settings, *, record: str = "") -> Agent:
    """All parts of the agent. The sensor is loaded here, then privileges are given up, then threads may start."""
    from periderm import __version__
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.container_files import inodes_of
    from periderm.adapters.listening_linux import LinuxListening
    from periderm.adapters.memory_linux import few_arenas, give_back_memory
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.state_files import load_policies, save_engine, save_policies
    from periderm.app.watch import Agent
    from periderm.flow.control import Control
    from periderm.flow.following import Following
    from periderm.flow.host_looks import HostLooks
    from periderm.flow.news import Policies
    from periderm.flow.put_rules import PutRules
    from periderm.flow.usage import Usage
    from periderm.flow.watch import Watch
    from periderm.model.envelope import Heartbeat
    from periderm.wiring.responding import carrying_out, exempt_names
    from periderm.wiring.sensing import begin_sensing

    check(settings, settings.metrics_agent, "metrics.agent")
    few_arenas()
    clock = SystemClock()
    node = this_node(settings)
    sensing = begin_sensing(settings, node, clock, recording=bool(record))
    sensor = sensing.sensor
    folder, kept = os.path.join(settings.spool, "agent"), os.path.join(settings.state, "policies.json")
    bus, server = node_bus(settings, folder), uplink(settings)
    outbox, done = _outbox(bus, server, folder)
    known = runtimes(node.id)

    file = recorder(record) if record else None
    kept_history = history(settings)
    kept_events = remembering(settings, kept_history)
    shared = sharing(settings, node, outbox)
    memory = os.path.join(settings.state, "engine.state")
    engine = _engine(settings, node, memory)
    give_back_memory()  # compiling patterns took much of it for a moment

    def seen_inside(found: Observed) -> None:
        watch.give(found)

    looking = looks(settings, seen_inside) if settings.content_on else None
    interpreter, standing = carrying_out(settings, sensing.acting, clock, kept_history, outbox.put)
    shelf = image_shelf(settings, server)
    watch = Watch(
        node=node,
        sensor=sensor,
        engine=engine,
        inodes_of=inodes_of,
        keep=lambda snapshot: save_engine(memory, node.boot_id, snapshot),
        outbox=outbox,
        interpreter=interpreter,
        guarding=sensing.guarding,
        exempt=exempt_names(settings),
        runtimes=known,
        clock=clock,
        recorder=file,
        remember=_keepers(kept_events, shared),
        look=looking.offer if looking else None,
        budget=_live_budget(settings, sensor, node.id),
        baselining=baselining(settings, node, outbox, clock, sensor),
        at_hand=shelf.take,
    )
    watch.give(Policies(load_policies(kept)))

    def prepare(detectors: Sequence[Detector]) -> Prefilter:
        made = engine.prepare(detectors)
        give_back_memory()
        return made

    figures = AgentFigures(sensor.counters, watch, outbox)
    control = Control(
        node=node,
        watch=watch,
        outbox=outbox,
        uplink=server,
        runtimes=known,
        clock=clock,
        counters=sensor.counters,
        heartbeat=Heartbeat(role="agent", node_id=node.id, pid=os.getpid(), time=0, version=__version__),
        figures=figures.ask,
        usage=Usage(node.id, LinuxProc(), LinuxListening()),
        rules=PutRules(rule_packs(settings), watch.give, prepare),
        history=kept_events.counts if kept_events else dict,
        looks=looking,
        host=HostLooks(node, sensing.host, watch.give, clock),
        scan_unused=settings.scan_unused,
        sampling=sampling(settings, node, watch, clock),
        keeper=watch.keeper,
        shelf=shelf,
    )
    _live_words(watch, control)
    following = Following(
        uplink(settings),  # of its own: at the end it is interrupted, while the other still sends
        node.id,
        clock,
        watch.give,
        save=lambda policies: save_policies(kept, policies),
        workloads=control.workloads,
        learned=control.baselines.moved,
        done=done,
    )
    return Agent(
        watch=watch,
        control=control,
        outbox=outbox,
        sensor=sensor,
        bus=bus,
        recorder=file,
        remembering=kept_events,
        sharing=shared,
        looks=looking,
        standing=standing,
        close=_own_work(settings, sensor, sensing.end),
        renewing=renewing(settings),
        following=following,
        door=agent_door(
            settings,
            clock,
            outbox=outbox,
            bus=bus,
            watch=watch,
            said=figures,
            lost=losses(kept_events, shared, looking),
            spool=folder,
        ),
    )
