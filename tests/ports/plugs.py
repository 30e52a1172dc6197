"""The plugs that the conformance suites run against: one line for each. Also values to put into them."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from periderm.adapters.bus_local.bus import LocalBus
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.asset import Container, Image, Ownership
from periderm.model.effect import EffectRecord, EffectState, PauseContainer
from periderm.model.finding import Finding, FindingKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ImageConfig, ImageInventory, OsRelease
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from periderm.ports.bus import Bus
from periderm.ports.store import Store


class CountingClock:
    """Each look at it is a nanosecond later."""

    def __init__(self) -> None:
        self._ticks = itertools.count(1)

    def now(self) -> int:
        return next(self._ticks)

    def monotonic(self) -> int:
        return next(self._ticks)

    def sleep(self, seconds: float) -> None:
        """Does not wait."""


@dataclasses.dataclass(frozen=True)
class StorePlug:
    """`open` opens the store whose place is this folder; opening it again finds what was stored."""

    name: str
    open: Callable[[Path], Store]

    @contextlib.contextmanager
    def fresh(self) -> Iterator[Store]:
        """An empty store, for one example of a property."""
        with tempfile.TemporaryDirectory() as folder:
            store = self.open(Path(folder))
            try:
                yield store
            finally:
                store.close()


@dataclasses.dataclass(frozen=True)
class BusPlug:
    """`open` opens the bus whose place is this folder, with small segments so that tests see many."""

    name: str
    open: Callable[[Path], Bus]


STORES = [StorePlug("sqlite", lambda folder: SqlStore(str(folder / "state" / "periderm.sqlite"), CountingClock()))]
BUSES = [BusPlug("local", lambda folder: LocalBus(str(folder / "spool"), segment_bytes=2_000, cap_bytes=50_000_000))]

WORDS = Text("A shell was started", "启动了一个 shell")
PROCESS = ProcessRecord(key=7, parent=1, pid=70, exe="/bin/sh")


def container(number: int = 1, **more: object) -> Container:
    """A container."""
    given: dict[str, object] = {
        "id": f"ctr-{number}",
        "name": f"web-{number}",
        "container_id": f"{number:064x}",
        "runtime": "podman",
        "node_id": "nod-1",
    }
    return Container(**{**given, **more})  # type: ignore[arg-type]


def image(number: int = 1, **more: object) -> Image:
    """An image."""
    given: dict[str, object] = {"id": f"img-{number}", "name": f"shop:{number}", "digest": f"sha256:{number}"}
    return Image(**{**given, **more})  # type: ignore[arg-type]


def finding(number: int = 1, **more: object) -> Finding:
    """A finding of image 1."""
    given: dict[str, object] = {
        "id": f"fnd-{number:04}",
        "detector": "IMG-101",
        "kind": FindingKind.SECRET,
        "severity": Severity.HIGH,
        "asset_id": "img-1",
        "title": Text("Remove the key", "移除密钥"),
        "message": Text("A key lies in /srv/.env", "密钥位于 /srv/.env"),
        "remediation": WORDS,
        "first_seen": 100,
        "last_seen": 100,
    }
    return Finding(**{**given, **more})  # type: ignore[arg-type]


def alert(number: int = 1, **more: object) -> Alert:
    """An alert in container 1."""
    given: dict[str, object] = {
        "id": f"alt-{number:04}",
        "detector": "RUN-001",
        "title": WORDS,
        "message": WORDS,
        "severity": Severity.HIGH,
        "maturity": Maturity.STABLE,
        "techniques": ("T1059.004",),
        "time": 100,
        "last_time": 100,
        "node_id": "nod-1",
        "asset_id": "ctr-1",
        "process": PROCESS,
        "lineage": (),
    }
    return Alert(**{**given, **more})  # type: ignore[arg-type]


def incident(number: int = 1, **more: object) -> Incident:
    """An incident of container 1."""
    given: dict[str, object] = {
        "id": f"inc-{number:04}",
        "title": WORDS,
        "summary": WORDS,
        "severity": Severity.HIGH,
        "reasons": (),
        "state": IncidentState.NEW,
        "node_id": "nod-1",
        "asset_id": "ctr-1",
        "chain": (),
        "processes": (),
        "findings": (),
        "effects": (),
        "first_time": 100,
        "last_time": 100,
    }
    return Incident(**{**given, **more})  # type: ignore[arg-type]


def effect(number: int = 1, *, time: int = 100, state: EffectState = EffectState.ORDERED) -> EffectRecord:
    """The pause of container 1."""
    pause = PauseContainer(
        id=f"eff-{number}",
        node_id="nod-1",
        asset_id="ctr-1",
        reason=WORDS,
        blast_radius=WORDS,
        decided_by="user:local",
        decided_at=100,
        container_id="c",
        runtime="podman",
    )
    return EffectRecord(effect=pause, state=state, time=time)


def gap(number: int = 1, **more: object) -> CoverageGap:
    """Lost events of the node."""
    given: dict[str, object] = {
        "id": f"gap-{number}",
        "kind": GapKind.EVENTS_LOST,
        "asset_id": "nod-1",
        "message": WORDS,
        "next_step": WORDS,
        "since": 100,
        "until": 100,
    }
    return CoverageGap(**{**given, **more})  # type: ignore[arg-type]


def inventory(number: int = 1) -> ImageInventory:
    """An inventory of nothing much."""
    return ImageInventory(
        digest=f"sha256:{number}",
        reference="shop:1",
        source="podman:sha256:1",
        config=ImageConfig(user="root"),
        os=OsRelease("debian", "12"),
        packages=(),
        executables=(),
    )


OWNED = Ownership(environment="production", application="shop", owner="ada")
