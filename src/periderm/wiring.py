"""The only file that names concrete adapters: builds what a door needs. Imports are inside the functions, so that a
command loads only what it uses."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from periderm.model.errors import NotFoundError, SensorError
from periderm.model.settings import Settings

if TYPE_CHECKING:
    from periderm.adapters.sensor_ebpf.sensor import EbpfSensor
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.demo import DemoSample
    from periderm.app.scan_image import ImageScanner
    from periderm.app.story import Story
    from periderm.app.up import Up
    from periderm.app.watch import Agent
    from periderm.flow.work import Scan
    from periderm.model.alert import Alert
    from periderm.model.asset import Container, Node
    from periderm.model.diagnosis import Diagnosis
    from periderm.model.envelope import ScanRequest, ScanResult
    from periderm.model.incident import Incident
    from periderm.model.text import Text
    from periderm.ports.containers import ContainerRuntime
    from periderm.ports.sensor import Recorder
    from periderm.ports.uplink import Uplink


SENSOR_PARTS = frozenset({"privilege", "kernel", "libbpf", "bpf-object"})  # checks of the doctor
RING_SIZES = ("1", "2", "4", "8", "16", "32", "64")  # MiB; powers of two, as the kernel asks


@contextlib.contextmanager
def reader(settings: Settings) -> Iterator[Application]:
    """The store of this machine's state for a command that asks, closed at the end. Raises NotFoundError if there is
    none yet, StoreError if it cannot be read."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application

    if not os.path.exists(settings.database):
        raise NotFoundError(
            f"Nothing has been watched or scanned yet in {settings.state}.",
            "Run `periderm up`, or name another folder with --state.",
        )
    clock = SystemClock()
    store = SqlStore(settings.database, clock)
    try:
        yield Application(store=store, clock=clock, settings=settings)
    finally:
        store.close()


def sample(settings: Settings) -> DemoSample:
    """The sample, its cache below the product's."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.sample_debian import DebianSample
    from periderm.adapters.sample_podman import PodmanSample
    from periderm.adapters.sample_visitor import NamespaceVisitor
    from periderm.app.demo import DemoSample

    cache = Path(settings.cache) / "sample"
    expected = frozenset({"RUN-002", "RUN-005", "RUN-010", "RUN-054"})
    return DemoSample(DebianSample(cache), PodmanSample(cache), NamespaceVisitor, SystemClock(), expected=expected)


def image_scanner(settings: Settings) -> ImageScanner:  # noqa: ARG001 -- a later cache of layers lives in settings.cache
    """What scans images on this machine: archives, layouts, podman's storage, folders. Needs no root by itself."""
    from periderm.adapters import image_folder, image_podman
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.image_archive import ImageArchive
    from periderm.adapters.image_layout import ImageLayout
    from periderm.app.scan_image import ImageScanner

    return ImageScanner(
        sources={
            "archive": ImageArchive(),
            "layout": ImageLayout(),
            "folder": image_folder.ImageFolder(),
            "podman": image_podman.PodmanImages(image_podman.default_roots(), image_folder.overlay_layer),
        },
        kind_of=image_folder.kind_of,
        clock=SystemClock(),
    )


# --- the processes of the product ---


def service_token(settings: Settings) -> str:
    """The secret of the product's own processes, made if there is none."""
    from periderm.adapters.secret_file import ensure_secret

    return ensure_secret(settings.service_token)


def serve(settings: Settings) -> None:
    """The server process: takes in, stores, correlates, answers. Returns when it was told to stop."""
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.digesting import digesting
    from periderm.server.run import serve as run_server

    clock = SystemClock()
    token = service_token(settings)
    store = SqlStore(settings.database, clock)
    bus = LocalBus(os.path.join(settings.spool, "server"))
    try:
        app = Application(store=store, clock=clock, settings=settings, bus=bus)
        with digesting(app):
            run_server(app, token)
    finally:
        bus.close()
        store.close()


def _uplink(settings: Settings) -> Uplink:
    from periderm.adapters.uplink_http import HttpUplink

    return HttpUplink(settings.url, settings.service_token)


def this_node(settings: Settings) -> Node:
    """This machine as an asset, with who answers for it."""
    import msgspec

    from periderm.adapters.machine_linux import LinuxMachine
    from periderm.adapters.state_files import read_ownership

    node = LinuxMachine(fallback=Path(settings.state)).node()
    ownership = read_ownership(os.environ.get("PERIDERM_OWNERSHIP", "/etc/periderm/ownership"))
    return msgspec.structs.replace(node, ownership=ownership)


def runtimes(node_id: str) -> list[ContainerRuntime]:
    """The container runtimes that have been used on this machine."""
    return [r for r in all_runtimes(node_id) if not r.available()]


def all_runtimes(node_id: str) -> list[ContainerRuntime]:
    """The container runtimes that the product knows."""
    from periderm.adapters.containers_containerd import ContainerdContainers
    from periderm.adapters.containers_docker import DockerContainers
    from periderm.adapters.containers_podman import PodmanContainers, default_storages
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.records_local import LocalRecords

    proc, records = LinuxProc(), LocalRecords()
    return [
        PodmanContainers(node_id, proc, records, default_storages(records)),
        DockerContainers(node_id, proc, records),
        ContainerdContainers(node_id, proc, records),
    ]


def image_scan(settings: Settings) -> Scan:
    """How a worker scans what a request names."""
    import msgspec

    from periderm.app.scan_image import scan_reference

    scanner = image_scanner(settings)

    def scan(request: ScanRequest) -> ScanResult:
        result = scan_reference(scanner, request.source, node_id=request.node_id)
        # Findings and state belong to the image that was asked for.
        return msgspec.structs.replace(result, image_digest=request.image_digest)

    return scan


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
    uplink = _uplink(settings)
    beat = Heartbeat(role="worker", node_id=this_node(settings).id, pid=os.getpid(), time=0, version=__version__)
    bus = LocalBus(folder)
    try:
        outbox = Outbox(bus, uplink, spool_name(folder, "worker"))
        working(Worker(uplink, outbox, clock, image_scan(settings), beat), outbox, stop)
    finally:
        bus.close()


def pins() -> str:
    """The folder in bpffs where the sensor keeps its programs; another one for tests."""
    from periderm.adapters.sensor_ebpf.pins import DEFAULT_PIN_DIR

    return os.environ.get("PERIDERM_PINS") or DEFAULT_PIN_DIR


def live_sensor(*, own: bool = False) -> EbpfSensor:
    """The sensor on the running kernel; not started. With `own` it is a second one beside the agent's."""
    from periderm.adapters.sensor_ebpf.sensor import EbpfSensor
    from periderm.model.errors import UsageError

    mib = os.environ.get("PERIDERM_RING_MIB", "8")
    if mib not in RING_SIZES:
        raise UsageError(f"PERIDERM_RING_MIB is {mib!r}.", f"Set it to one of {', '.join(RING_SIZES)}.")
    folder = f"{pins()}-{os.getpid()}" if own else pins()
    return EbpfSensor(pin_dir=folder, ring_bytes=int(mib) << 20)


def agent(settings: Settings, *, record: str = "") -> Agent:
    """All parts of the agent. The sensor is loaded here, then privileges are given up, then threads may start."""
    from periderm import __version__
    from periderm.adapters.bus_local.bus import LocalBus
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.proc_linux import LinuxProc
    from periderm.adapters.responder_linux import LinuxResponder
    from periderm.adapters.sensor_ebpf.privileges import drop_privileges
    from periderm.adapters.state_files import load_policies, save_policies, spool_name
    from periderm.app.watch import Agent
    from periderm.engines.runtime.engine import RuntimeEngine
    from periderm.flow.control import Control
    from periderm.flow.interpret import Interpreter
    from periderm.flow.outbox import Outbox
    from periderm.flow.watch import Policies, Watch
    from periderm.model.envelope import Heartbeat

    clock = SystemClock()
    node = this_node(settings)
    sensor = live_sensor()
    sensor.start()
    drop_privileges()
    folder = os.path.join(settings.spool, "agent")
    kept = os.path.join(settings.state, "policies.json")
    bus = LocalBus(folder)
    uplink = _uplink(settings)
    outbox = Outbox(bus, uplink, spool_name(folder, "agent"))
    known = runtimes(node.id)

    def find(container_id: str) -> Container | None:
        return next((c for r in known for c in r.containers() if c.container_id == container_id), None)

    recorder = _recorder(record) if record else None
    watch = Watch(
        node=node,
        sensor=sensor,
        engine=RuntimeEngine(node),
        outbox=outbox,
        interpreter=Interpreter(LinuxResponder(LinuxProc(), find), clock),
        runtimes=known,
        clock=clock,
        recorder=recorder,
    )
    watch.give(Policies(load_policies(kept)))

    def figures() -> dict[str, float]:
        counters = sensor.counters()
        named = ("seen", "sent", "folded", "filtered", "lost", "unreadable", "truncated", "killed")
        sums = {name: float(getattr(counters, name)) for name in named}
        return sums | {"events": float(watch.events), "alerts": float(watch.alerts), "spooled": float(outbox.pending())}

    control = Control(
        node=node,
        watch=watch,
        outbox=outbox,
        uplink=uplink,
        runtimes=known,
        clock=clock,
        counters=sensor.counters,
        heartbeat=Heartbeat(role="agent", node_id=node.id, pid=os.getpid(), time=0, version=__version__),
        save_policies=lambda policies: save_policies(kept, policies),
        figures=figures,
    )
    return Agent(watch=watch, control=control, outbox=outbox, sensor=sensor, bus=bus, recorder=recorder)


def _recorder(path: str) -> Recorder:
    from periderm.adapters.sensor_replay.recorder import FileRecorder

    return FileRecorder(path)


def record(settings: Settings, path: str, *, seconds: float, only: str, progress: Callable[[str], None]) -> int:
    """Writes this machine's events into a file; the number of events."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.app.record import record as run

    node = this_node(settings)
    sensor = live_sensor(own=True)
    return run(sensor, _recorder(path), node, runtimes(node.id), SystemClock(), seconds=seconds, only=only, progress=progress)


def replay(settings: Settings, path: str, progress: Callable[[str], None]) -> tuple[int, Sequence[Alert], Sequence[Incident]]:
    """Judges a recorded file; what was scanned on this machine before is used to tell what the image brought."""
    from periderm.adapters.sensor_replay.sensor import ReplaySensor
    from periderm.app.replay import replay as run
    from periderm.flow.replay import unknown

    sensor = ReplaySensor(path)
    if not os.path.exists(settings.database):
        return run(sensor, unknown, progress)
    with reader(settings) as app:
        return run(sensor, app.store.inventory, progress)


def sensor_missing(settings: Settings) -> tuple[Text, ...]:
    """Why the kernel sensor cannot run here, in sentences with the way out; empty if it can."""
    from periderm.model.diagnosis import Condition
    from periderm.model.text import Text

    checks = {check.name: check for check in doctor(settings, clean=False).checks}
    if checks["sensor"].condition is not Condition.MISSING:
        return ()
    lacking = [check for check in checks.values() if check.name in SENSOR_PARTS and check.condition is Condition.MISSING]
    return tuple(
        Text(f"The sensor does not run: {c.found.en}. {c.next_step.en}", f"传感器未运行：{c.found.zh}。{c.next_step.zh}")
        for c in lacking
    )


def up_parts(settings: Settings, tell: Callable[[str], None], *, agent: bool) -> tuple[Application, Up, SqlStore]:
    """What `periderm up` runs: the store is opened (and brought forward) here, before any process starts."""
    from periderm.adapters.clock_system import SystemClock
    from periderm.adapters.processes_local import LocalProcesses
    from periderm.adapters.store_sql.store import SqlStore
    from periderm.app.application import Application
    from periderm.app.up import Up

    clock = SystemClock()
    service_token(settings)
    store = SqlStore(settings.database, clock)
    app = Application(store=store, clock=clock, settings=settings)
    ours = {name: value for name, value in os.environ.items() if name.startswith("PERIDERM_")}
    return app, Up(app, LocalProcesses(), clock, _uplink(settings), agent=agent, environment=ours, tell=tell), store


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """A running product: `story` is there if the sample was asked for, `missing` says what this machine lacks."""

    up: Up
    story: Story | None
    missing: tuple[Text, ...]
    wait: Callable[[float], None]


@contextlib.contextmanager
def up(
    settings: Settings, *, sample: bool, tell: Callable[[str], None], progress: Callable[[str, float | None], None]
) -> Iterator[Running]:
    """The whole product while the block runs. Everything that was started is stopped at its end, the sample too; SIGTERM
    ends it as Ctrl-C does."""
    import signal
    import time

    from periderm.app.story import Story

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    missing = sensor_missing(settings)
    if missing and sample:
        first = missing[0].pick(settings.language)
        raise SensorError(first, "Image scanning works without it: `periderm scan image`.")
    app, product, store = up_parts(settings, tell, agent=not missing)
    shop = None
    before = signal.signal(signal.SIGTERM, interrupted)
    try:
        if sample:
            shop = _sample(settings)
            shop.build(progress)
        product.start()
        story = None
        if shop is not None:

            def show(text: Text, done: float | None) -> None:
                progress(text.pick(settings.language), done)

            story = Story(app, shop, alive=product.check, progress=show)
        yield Running(product, story, missing, time.sleep)
    finally:
        # A second Ctrl-C must not leave anything behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            if shop is not None:
                shop.stop()
        finally:
            product.stop()
            store.close()
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGTERM, before)


_sample = sample


def doctor(settings: Settings, *, clean: bool) -> Diagnosis:
    """What this machine can do for the product; with `clean` what was left behind is removed."""
    from periderm.adapters.diagnosis_linux import LinuxProbe
    from periderm.adapters.pins_bpffs import PinnedLeftovers
    from periderm.adapters.sample_podman import PodmanSample
    from periderm.app.doctor import SampleLeftovers, diagnose

    # The object lies beside the adapters, and the pins where the sensor puts them.
    program = Path(__file__).parent / "adapters" / "bpf" / "periderm.bpf.o"
    probe = LinuxProbe(settings.state, settings.port, program)
    leftovers = (PinnedLeftovers(Path(pins())), SampleLeftovers(PodmanSample(Path(settings.cache) / "sample")))
    return diagnose(probe, all_runtimes(""), leftovers, clean=clean)
