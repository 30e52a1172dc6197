"""What the agent does beside reading events."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from periderm.adapters.bus_local.bus import LocalBus
from periderm.flow.control import Control
from periderm.flow.outbox import GROUP, TOPIC, Outbox
from periderm.flow.watch import Containers, News, Order, Policies
from periderm.model.asset import Container, Image, Workload
from periderm.model.effect import Effect, PauseContainer
from periderm.model.envelope import Heartbeat, Record, ScanRequest
from periderm.model.errors import ConnectError, ContainerRuntimeError
from periderm.model.event import SensorCounters
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.policy import DEFAULT_POLICY, Policy
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

    def policies(self) -> Sequence[Policy]:
        if self.away:
            raise ConnectError("nobody answers")
        return (DEFAULT_POLICY,)

    def sessions(self) -> Sequence[AnnouncedSession]:
        return (SESSION,)

    def inventory(self, image_digest: str) -> ImageInventory | None:
        return INVENTORY if image_digest == INVENTORY.digest else None

    def commands(self, node_id: str) -> Sequence[Effect]:
        return (ORDER,)


class Watched:
    """The part of the watch that control speaks to."""

    def __init__(self) -> None:
        self.news: list[News] = []
        self.wanted = frozenset({"sha256:aa", "sha256:unknown"})

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
        self.saved: list[Sequence[Policy]] = []
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
            save_policies=self.saved.append,
            figures=lambda: {"events": 1.0},
        )

    def told(self) -> list[Record]:
        """Records that were made durable since the last time."""
        decode = msgspec.msgpack.Decoder(tuple[Record, ...]).decode
        messages = self.bus.read(TOPIC, GROUP, 1000)
        records = [r for m in messages for r in decode(m.data)]
        if messages:
            self.bus.acknowledge(TOPIC, GROUP, messages[-1].offset)
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


def test_policies_inventories_and_orders_reach_the_watch(bus: LocalBus) -> None:
    """Policies are saved for the time without a server; an order is handed on once however often it is listed."""
    lab = Lab(bus)
    for _ in range(3):
        lab.control.fetch()
    assert lab.saved == [(DEFAULT_POLICY,)]
    assert [n for n in lab.watched.news if isinstance(n, Policies)] == [Policies((DEFAULT_POLICY,))]
    assert [n for n in lab.watched.news if isinstance(n, Order)] == [Order(ORDER)]
    assert INVENTORY in lab.watched.news


def test_a_server_that_is_away_changes_nothing(bus: LocalBus) -> None:
    """Without the server the agent goes on with what it has."""
    lab = Lab(bus)
    lab.uplink.away = True
    lab.control.fetch()
    assert lab.watched.news == []


def test_losses_are_gaps_with_their_number(bus: LocalBus) -> None:
    """Lost events and unread variants are told when they grow, as one gap each."""
    lab = Lab(bus)
    lab.counters = SensorCounters(lost=3, other={"io_uring-undecoded": 2, "held": 7})
    lab.control.blind_spots()
    gaps = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert {(g.kind, g.count) for g in gaps} == {(GapKind.EVENTS_LOST, 3), (GapKind.SYSCALL_VARIANT, 2)}
    lab.control.blind_spots()
    assert lab.told() == []
    lab.counters = SensorCounters(lost=9)
    lab.control.blind_spots()
    again = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert [(g.count, g.id) for g in again] == [(9, next(g.id for g in gaps if g.kind is GapKind.EVENTS_LOST))]


def test_a_clock_that_jumps_is_told(bus: LocalBus) -> None:
    """A jump of the clock is a gap; ordinary time is not."""
    lab = Lab(bus)
    lab.clock.sleep(100)
    lab.control.blind_spots()
    assert lab.told() == []
    lab.clock.shift = 3600 * 10**9
    lab.control.blind_spots()
    gaps = [r for r in lab.told() if isinstance(r, CoverageGap)]
    assert [g.kind for g in gaps] == [GapKind.CLOCK_JUMP]
    assert "3600 s" in gaps[0].message.en


def test_beats_carry_figures(bus: LocalBus) -> None:
    """Being alive is said every five seconds, with figures."""
    lab = Lab(bus)
    for _ in range(12):
        lab.control.beat()
        lab.clock.sleep(1)
    beats = [r for r in lab.told() if isinstance(r, Heartbeat)]
    assert len(beats) == 3
    assert beats[0].figures == {"events": 1.0}
