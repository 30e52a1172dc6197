"""What the agent does beside reading events: finds containers and images, fetches inventories and baselines, tells blind spots,
says that it is alive. Runs on its own thread and gives `flow.watch` values only. What people decide comes by `following`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from periderm.flow.baseline_memory import Keeper
from periderm.flow.blind_spots import BlindSpots
from periderm.flow.fetch_baselines import FetchBaselines
from periderm.flow.host_looks import HostLooks
from periderm.flow.image_shelf import ImageShelf
from periderm.flow.news import Containers
from periderm.flow.outbox import Outbox
from periderm.flow.own_images import OwnImages
from periderm.flow.payloads import Looks
from periderm.flow.put_rules import PutRules
from periderm.flow.sampling import Sampling
from periderm.flow.usage import Usage
from periderm.flow.watch import Watch
from periderm.model.asset import Container, Image, Node, Workload
from periderm.model.envelope import Heartbeat, Record
from periderm.model.errors import ConnectError, ContainerRuntimeError, DeniedError
from periderm.model.event import SensorCounters
from periderm.model.gap import GapKind
from periderm.model.labels import workload_of
from periderm.model.text import Text
from periderm.ports.clock import Clock
from periderm.ports.containers import ContainerRuntime
from periderm.ports.uplink import Uplink

PERIOD_SECONDS = 1.0
HURRY_SECONDS = 0.1  # after which a new container's image is asked for
HEARTBEAT_NS = 5 * 10**9
BASELINES_NS = 60 * 10**9  # `flow.following` says when they moved
REFRESH_NS = 60 * 10**9

_Seen = TypeVar("_Seen", Node, Image, Container)

_UNKEPT = Text("What was learned of workloads could not be written: {why}.", "学到的工作负载基线无法写入：{why}。")


class Control:
    """`counters` reads the sensor's totals; it must be safe to call from this thread."""

    def __init__(
        self,
        *,
        node: Node,
        watch: Watch,
        outbox: Outbox,
        uplink: Uplink,
        runtimes: Sequence[ContainerRuntime],
        clock: Clock,
        counters: Callable[[], SensorCounters],
        heartbeat: Heartbeat,
        figures: Callable[[], dict[str, float]],
        usage: Usage | None = None,
        rules: PutRules | None = None,
        history: Callable[[], dict[str, int]] = dict,
        looks: Looks | None = None,
        host: HostLooks | None = None,
        sampling: Sampling | None = None,
        keeper: Keeper | None = None,
        scan_unused: bool = True,
        shelf: ImageShelf | None = None,
    ) -> None:
        self._node = node
        self._watch = watch
        self._outbox = outbox
        self._uplink = uplink
        self.baselines = FetchBaselines(uplink, watch.give, BASELINES_NS)
        self._shelf = shelf or ImageShelf(uplink)
        self._runtimes = runtimes
        self._clock = clock
        self._heartbeat = heartbeat
        self._figures = figures
        self._usage = usage
        self._rules = rules
        self._used = 0
        self._running: dict[str, Container] = {}
        self._images: dict[str, Image] = {}
        self.own_images = OwnImages(node.id, unused=scan_unused)
        self._beat_at = 0
        self._refreshed = 0
        self._blind = BlindSpots(node.id, heartbeat.pid, outbox, clock, counters=counters, history=history, looks=looks)
        self._gap = self._blind.tell
        self._host = host
        self._sampling = sampling
        self._keeper = keeper
        self.steps: tuple[Callable[[], None], ...] = (
            self.discover,
            self.fetch,
            self.use,
            self.put_rules,
            self.look_at_host,
            self.sample,
            self.keep,
            self._blind.step,
            self.beat,
        )

    def run(self, stop: threading.Event) -> None:
        """Each step in turn, once a second, until `stop` is set."""
        while not stop.is_set():
            for step in self.steps:
                step()
            until = self._clock.monotonic() + int(PERIOD_SECONDS * 1e9)
            while self._clock.monotonic() < until and not stop.wait(HURRY_SECONDS):
                if self._shelf.hurry(self._watch.wanted):
                    self._try(self.fetch_images)

    def discover(self) -> None:
        """Containers and images of all runtimes; what is new or changed is told, what has ended too."""
        now = self._clock.now()
        running: dict[str, Container] = {}
        images: dict[str, tuple[Image, ContainerRuntime]] = {}
        for runtime in self._runtimes:
            try:
                running.update((c.id, c) for c in runtime.containers())
                images.update((i.id, (i, runtime)) for i in runtime.images())
            except ContainerRuntimeError as error:
                self._gap(GapKind.SUBJECT_UNKNOWN, runtime.name(), Text(str(error), str(error)), 1)
        if running != self._running:
            self._watch.give(Containers(tuple(running.values())))
        records: list[Record] = []
        for image, _ in images.values():
            if image.id not in self._images:
                records.append(_seen(image, now))
        sources = {identity: (image, runtime.scan_source(image)) for identity, (image, runtime) in images.items()}
        records.extend(self.own_images.requests(sources, running.values(), now))
        for container in running.values():
            if self._running.get(container.id) != container:
                records.append(_seen(container, now))
                records.append(_workload_of(container, now))
        for identity, container in self._running.items():
            if identity not in running:
                records.append(_seen(msgspec.structs.replace(container, running=False, pid=0), now))
        refresh = now - self._refreshed > REFRESH_NS
        if refresh:
            self._refreshed = now
            records.append(_seen(self._node, now))
            records.extend(_seen(c, now) for c in running.values() if self._running.get(c.id) == c)
        self._running, self._images = running, {k: v[0] for k, v in images.items()}
        if records:
            self._outbox.put(records)

    def fetch(self) -> None:
        """Inventories and baselines that this node wants. Without the server it goes on with what it has."""
        self._try(self._fetch)

    def _fetch(self) -> None:
        self.fetch_images()
        self.baselines.step(self.workloads(), self._clock.monotonic())
        self._shelf.fill((image.digest for image in self._images.values()), self._clock.monotonic())

    def fetch_images(self) -> None:
        """What the engines wait for: a container runs, and what its image holds is not known. Raises ConnectError,
        DeniedError."""
        for inventory in self._shelf.fetch(self._watch.wanted):
            self._watch.give(inventory)

    def _try(self, step: Callable[[], None]) -> None:
        """What needs the server, as far as it answers."""
        try:
            step()
        except (ConnectError, DeniedError) as error:
            self._outbox.problem = str(error)

    def workloads(self) -> set[str]:
        """Whose baselines this node needs: those of its containers, and what the engine asks for (services of the host). Any
        thread may call it."""
        return {c.workload_id for c in self._running.values() if c.workload_id} | self._watch.wanted_baselines

    def use(self) -> None:
        """Which files of the running images are in use, once a minute."""
        now = self._clock.monotonic()
        if self._usage is None or (self._used and now - self._used < REFRESH_NS):
            return
        self._used = now
        records = self._usage.look(self._running.values(), self._clock.now(), self._watch.take_programs())
        if records:
            self._outbox.put(records)

    def put_rules(self) -> None:
        """Rule packs that changed, and what is wrong with those that were refused."""
        for trouble in self._rules.step() if self._rules is not None else ():
            self._gap(trouble.kind, trouble.detail, trouble.message, trouble.count, trouble.next_step)

    def look_at_host(self) -> None:
        """What the machine hides and who keeps it busy, once a minute; what cannot be looked at is told as a gap."""
        if self._host is None:
            return
        self._host.step()
        for words in self._host.blind():
            self._gap(GapKind.KERNEL_UNSUPPORTED, words.en[:64], words, 1)

    def sample(self) -> None:
        """What programs use of the machine, every few seconds."""
        if self._sampling is not None:
            self._sampling.step(self._running.values())

    def keep(self) -> None:
        """What the other thread wants to be remembered; writing waits for the disk. A full one is told, not fatal."""
        try:
            if self._keeper is not None:
                self._keeper.write_waiting()
        except OSError as error:
            self._gap(GapKind.NOT_EXAMINED, "baselines", _UNKEPT.fill(why=error.strerror or ""), 1)

    def beat(self) -> None:
        """Says that the agent is alive, with its figures."""
        now = self._clock.monotonic()
        if self._beat_at and now - self._beat_at < HEARTBEAT_NS:
            return
        self._beat_at = now
        self._outbox.put([msgspec.structs.replace(self._heartbeat, time=self._clock.now(), figures=self._figures())])


def _seen(asset: _Seen, now: int) -> _Seen:
    return msgspec.structs.replace(asset, first_seen=now, last_seen=now)


def _workload_of(container: Container, now: int) -> Workload:
    workload = workload_of(container.name, container.labels, container.image_name)
    return msgspec.structs.replace(workload, first_seen=now, last_seen=now)
