"""What the agent does beside reading events."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.control import Control
from periderm.flow.news import Containers, News
from periderm.flow.outbox import DETAIL, GROUP, TOPIC, Outbox
from periderm.model.asset import Container, Image, Workload
from periderm.model.baseline import Baseline
from periderm.model.baseline_news import BaselineNews
from periderm.model.effect import Effect, PauseContainer
from periderm.model.envelope import Heartbeat, Record, ScanRequest
from periderm.model.errors import ConnectError, ContainerRuntimeError
from periderm.model.event import SensorCounters
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.session import AnnouncedSession
from periderm.model.text import Text
from tests.flow.conftest import CONTAINER, IMAGE, NODE
from tests.flow.test_outbox import Server

ORDER = PauseContainer(
    id="eff-1",
    node_id=NODE.id,
    asset_id=CONTAINER.id,
    reason=Text("r", "r"),
    blast_radius=Text("b", "b"),
    decided_by="user:a",
    decided_at=1,
    container_id="c",
    runtime="podman",
)
SESSION = AnnouncedSession(id="ses-1", author="ada", reason="r", container="web*", since=1, until=2)
INVENTORY = ImageInventory(
    digest="sha256:aa", reference="web", source="x", config=ImageConfig(), os=OsRelease(), packages=(), executables=()
)


class Clock:
    """A clock of the day that can be made to jump."""

    def __init__(self) -> None:
        self.steady = 10**9
        self.shift = 0

    def now(self) -> int:
        return self.steady + self.shift

    def monotonic(self) -> int:
        return self.steady

    def sleep(self, seconds: float) -> None:
        self.steady += int(seconds * 1e9)


class Runtime:
    """A runtime whose containers the test decides."""

    def __init__(self) -> None:
        self.running: list[Container] = [CONTAINER]
        self.broken = ""

    def name(self) -> str:
        return "podman"

    def available(self) -> str:
        return ""

    def images(self) -> Sequence[Image]:
        return (IMAGE,)

    def containers(self) -> Sequence[Container]:
        if self.broken:
            raise ContainerRuntimeError(self.broken)
        return tuple(self.running)

    def identify(self, pid: int) -> Container | None:
        return None

    def scan_source(self, image: Image) -> str:
        return f"podman:{image.digest}"


class Uplink(Server):
    """A server with policies, an inventory and an order."""

    def inventory(self, image_digest: str) -> ImageInventory | None:
        if self.away:
            raise ConnectError("nobody answers")
        return INVENTORY if image_digest == INVENTORY.digest else None

    def baselines(self, known: Mapping[str, str]) -> Sequence[BaselineNews]:
        self.known = dict(known)
        return [BaselineNews(baseline=Baseline(workload_id=name), version="v1") for name in known if known[name] != "v1"]

    def commands(self, node_id: str) -> Sequence[Effect]:
        return (ORDER,)


class Watched:
    """The part of the watch that control speaks to."""

    def __init__(self) -> None:
        self.news: list[News] = []
        self.wanted = frozenset({"sha256:aa", "sha256:unknown"})
        self.wanted_baselines = frozenset({"wkl-service"})

    def give(self, news: News) -> None:
        self.news.append(news)


class Lab:
    """A control with all that it works with."""

    def __init__(self, bus: LocalBus) -> None:
        self.bus = bus
        self.clock = Clock()
        self.runtime = Runtime()
        self.uplink = Uplink()
        self.watched = Watched()
        self.counters = SensorCounters()
        self._read = 0
        self.control = Control(
            node=NODE,
            watch=self.watched,  # type: ignore[arg-type] # only `give` and `wanted` are touched
            outbox=Outbox(bus, self.uplink, "agent:x"),
            uplink=self.uplink,
            runtimes=[self.runtime],
            clock=self.clock,
            counters=lambda: self.counters,
            heartbeat=Heartbeat(role="agent", node_id=NODE.id, pid=1, time=0, version="1"),
            figures=lambda: {"events": 1.0},
        )

    def told(self) -> list[Record]:
        """Records that were made durable since the last time."""
        decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode
        records: list[Record] = []
        for topic in (TOPIC, DETAIL):
            messages = self.bus.read(topic, GROUP, 1000)
            records += [r for m in messages for r in decode(m.data)]
            if messages:
                self.bus.acknowledge(topic, GROUP, messages[-1].offset)
        return records


def test_what_is_found_is_told_once(bus: LocalBus) -> None:
    """Images and containers are told when they appear, with a request to scan; not again while nothing changes."""
    lab = Lab(bus)
    lab.control.discover()
    first = lab.told()
    assert {type(r) for r in first} >= {Image, Container, Workload, ScanRequest}
    assert next(r for r in first if isinstance(r, ScanRequest)).source == "podman:sha256:aa"
    lab.control.discover()
    assert lab.told() == []
    assert len([n for n in lab.watched.news if isinstance(n, Containers)]) == 1


def test_an_ended_container_is_told(bus: LocalBus) -> None:
    """A container that is gone is told as not running, and the watch forgets it."""
    lab = Lab(bus)
    lab.control.discover()
    lab.told()
    lab.runtime.running = []
    lab.control.discover()
    ended = [r for r in lab.told() if isinstance(r, Container)]
    assert [(c.id, c.running) for c in ended] == [(CONTAINER.id, False)]
    assert lab.watched.news[-1] == Containers(())


def test_a_runtime_whose_records_cannot_be_read_is_a_gap(bus: LocalBus) -> None:
    """Not knowing containers is said, with the reason."""
    lab = Lab(bus)
    lab.runtime.broken = "the records are damaged"
    lab.control.discover()
    gaps = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert [g.kind for g in gaps] == [GapKind.SUBJECT_UNKNOWN]
    assert "damaged" in gaps[0].message.en


def test_inventories_reach_the_watch(bus: LocalBus) -> None:
    """Those that the engine waits for, as far as the server has them."""
    lab = Lab(bus)
    lab.control.fetch()
    assert INVENTORY in lab.watched.news


def test_baselines_of_what_runs_here_reach_the_watch(bus: LocalBus) -> None:
    """Those of its containers and those that the engine asks for, each once."""
    lab = Lab(bus)
    lab.runtime.running = [msgspec.structs.replace(CONTAINER, workload_id="wkl-web")]
    lab.control.discover()
    for _ in range(3):
        lab.control.fetch()
        lab.clock.sleep(61)
    assert [n.workload_id for n in lab.watched.news if isinstance(n, Baseline)] == ["wkl-service", "wkl-web"]
    assert lab.uplink.known == {"wkl-service": "v1", "wkl-web": "v1"}


def test_a_server_that_is_away_changes_nothing(bus: LocalBus) -> None:
    """Without the server the agent goes on with what it has."""
    lab = Lab(bus)
    lab.uplink.away = True
    lab.control.fetch()
    assert lab.watched.news == []


def test_beats_carry_figures(bus: LocalBus) -> None:
    """Being alive is said every five seconds, with figures."""
    lab = Lab(bus)
    for _ in range(12):
        lab.control.beat()
        lab.clock.sleep(1)
    beats = [r for r in lab.told() if isinstance(r, Heartbeat)]
    assert len(beats) == 3
    assert beats[0].figures == {"events": 1.0}


def test_a_new_containers_image_is_asked_for_at_once(bus: LocalBus) -> None:
    """Not only when the next second begins: until it is there, nothing is normal for the container."""
    lab = Lab(bus)
    lab.watched.wanted = frozenset()
    stop = Stopping(lab, 3)
    lab.control.steps = (lambda: None,)
    lab.control.run(stop)
    assert [n for n in lab.watched.news if isinstance(n, ImageInventory)] == [INVENTORY]


class Stopping(threading.Event):
    """Is set at the last of some waits, and a container starts at the first; a wait takes its time of the lab's clock."""

    def __init__(self, lab: Lab, waits: int) -> None:
        super().__init__()
        self._lab = lab
        self._left = waits

    def wait(self, timeout: float | None = None) -> bool:
        self._lab.clock.sleep(timeout or 0.0)
        self._lab.watched.wanted = frozenset({INVENTORY.digest})
        self._left -= 1
        if not self._left:
            self.set()
        return self.is_set()
