"""What hangs together with one asset, as points and lines: what it runs on and from, whose it is, what runs of it, with whom it
speaks, its incidents and weaknesses. Never more than MOST points: what finds no room is one point that counts it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.assets import image_of
from periderm.engines.baseline.accepted import accepted
from periderm.model.asset import Asset, Container, Image, Node, Process, User, Workload
from periderm.model.behaviour import Aspect
from periderm.model.errors import NotFoundError
from periderm.model.incident import IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.severity import Severity
from periderm.model.text import Text

MOST = 40
CONTAINERS, PEERS, INCIDENTS, FINDINGS = 10, 8, 6, 6
_NETWORK = (Aspect.CONNECT, Aspect.ACCEPT, Aspect.RESOLVE)
_OPEN = frozenset({IncidentState.NEW, IncidentState.ACKNOWLEDGED})


class PointKind(enum.StrEnum):
    """What a point is."""

    NODE = "node"
    IMAGE = "image"
    CONTAINER = "container"
    WORKLOAD = "workload"
    PROCESS = "process"
    USER = "user"
    OWNER = "owner"
    PEER = "peer"
    INCIDENT = "incident"
    FINDING = "finding"


class LineKind(enum.StrEnum):
    """How the first of two points stands to the second."""

    OWNS = "owns"
    HOLDS = "holds"  # a node what runs on it
    REPLICA = "replica"  # a workload its containers
    SOURCE = "source"  # an image what runs from it
    SPEAKS = "speaks"
    HIT = "hit"  # an asset its incidents
    WEAK = "weak"  # an asset its findings


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is that of what it stands for; `column` its place from left to right: 0 what the asset depends on, 1 the asset, 2
    what runs of it, 3 what happened and who is spoken with. One with a `count` over 0 stands for so many that found no room."""

    id: str
    kind: PointKind
    name: Text
    column: int
    severity: Severity = Severity.UNKNOWN
    open: bool = False
    count: int = 0


class Line(msgspec.Struct, frozen=True):
    """From one point to another, by their ids."""

    source: str
    target: str
    kind: LineKind


class AssetGraph(msgspec.Struct, frozen=True, kw_only=True):
    """All of it; `centre` is the asset's id."""

    centre: str
    points: tuple[Point, ...]
    lines: tuple[Line, ...]


def asset_graph(app: Application, who: Principal, asset_id: str) -> AssetGraph:
    """Around one asset. Raises NotFoundError."""
    require(who, Permission.READ)
    asset = app.store.asset(asset_id)
    if asset is None:
        raise NotFoundError(f"There is no asset {asset_id!r}.", "`periderm assets` lists those that exist.")
    drawn = _Drawn(asset)
    for source, kind in _depends_on(app, asset):
        drawn.add(_point(source, 0), kind, inward=True)
    drawn.owner(asset)
    containers = _containers(app, asset)
    shown = sorted(containers.items, key=lambda c: (not getattr(c, "running", False), c.name))[:CONTAINERS]
    for each in shown:
        drawn.add(_point(each, 2), _HOLDING[type(asset)])
    drawn.rest(PointKind.CONTAINER, 2, containers.total - len(shown), _HOLDING.get(type(asset), LineKind.HOLDS))
    _happened(app, asset, drawn, {each.id for each in shown})
    return AssetGraph(centre=asset.id, points=tuple(drawn.points.values()), lines=tuple(drawn.lines))


_HOLDING = {Node: LineKind.HOLDS, Image: LineKind.SOURCE, Workload: LineKind.REPLICA}


class _Drawn:
    """Points and lines so far."""

    def __init__(self, asset: Asset) -> None:
        self.centre = asset.id
        self.points = {asset.id: _point(asset, 1)}
        self.lines: list[Line] = []

    def add(self, point: Point, kind: LineKind, *, inward: bool = False, of: str = "") -> None:
        """A point, with a line from the centre (or `of`) to it, or `inward`."""
        if len(self.points) >= MOST and point.id not in self.points:
            return
        self.points.setdefault(point.id, point)
        other = of or self.centre
        self.lines.append(Line(point.id, other, kind) if inward else Line(other, point.id, kind))

    def rest(self, kind: PointKind, column: int, count: int, line: LineKind) -> None:
        """So many more, as one."""
        if count > 0:
            name = Text(str(count), str(count))
            self.add(Point(id=f"more-{kind.value}", kind=kind, name=name, column=column, count=count), line)

    def owner(self, asset: Asset) -> None:
        """Who answers for it; that nobody does is a point too."""
        if not isinstance(asset, Container | Node | Workload | Image):
            return
        known = asset.ownership
        name = " · ".join(part for part in (known.owner, known.application, known.environment) if part)
        if name or isinstance(asset, Container | Node):
            self.add(Point(id="owner", kind=PointKind.OWNER, name=Text(name, name), column=0), LineKind.OWNS, inward=True)


def _depends_on(app: Application, asset: Asset) -> Iterable[tuple[Asset, LineKind]]:
    """What it runs on, what it runs from, what it is a part of."""
    node_id = asset.node_id if isinstance(asset, Container | Process | User) else ""
    names = [(node_id, LineKind.HOLDS)]
    if isinstance(asset, Container):
        names.append((asset.workload_id, LineKind.REPLICA))
        image = image_of(app, asset)
        if image is not None:
            yield image, LineKind.SOURCE
    if isinstance(asset, Process) and asset.container_id:
        names.append((asset.container_id, LineKind.HOLDS))
    for name, kind in names:
        found = app.store.asset(name) if name else None
        if found is not None:
            yield found, kind


def _containers(app: Application, asset: Asset) -> Page[Asset]:
    limit = 200
    match asset:
        case Node():
            return app.store.assets(Query(kind="container", node_id=asset.id, limit=limit))
        case Image():
            return app.store.assets(Query(kind="container", image_digest=asset.digest, limit=limit))
        case Workload():
            return app.store.assets(Query(kind="container", workload_id=asset.id, limit=limit))
        case _:
            return Page(())


def _happened(app: Application, asset: Asset, drawn: _Drawn, containers: set[str]) -> None:
    """Incidents, weaknesses, and with whom it speaks."""
    own = {Node: "node_id", Image: "image_digest", Workload: "workload_id"}.get(type(asset), "asset_id")
    value = asset.digest if isinstance(asset, Image) else asset.id
    incidents = app.store.incidents(msgspec.structs.replace(Query(order="severity", limit=INCIDENTS), **{own: value}))
    for each in incidents.items:
        point = Point(
            id=each.id,
            kind=PointKind.INCIDENT,
            name=each.title,
            column=3,
            severity=each.severity,
            open=each.state in _OPEN,
        )
        drawn.add(point, LineKind.HIT, of=each.asset_id if each.asset_id in containers else "")
    drawn.rest(PointKind.INCIDENT, 3, incidents.total - len(incidents.items), LineKind.HIT)
    image = image_of(app, asset)
    if image is not None or isinstance(asset, Node | Container):
        query = Query(order="severity", limit=FINDINGS, asset_id=image.id if image is not None else asset.id)
        findings = app.store.findings(query)
        for found in findings.items:
            point = Point(id=found.id, kind=PointKind.FINDING, name=found.title, column=3, severity=found.severity)
            drawn.add(point, LineKind.WEAK)
        drawn.rest(PointKind.FINDING, 3, findings.total - len(findings.items), LineKind.WEAK)
    peers = _peers(app, asset)
    for name in peers[:PEERS]:
        point = Point(id=f"peer-{name}", kind=PointKind.PEER, name=Text(name, name), column=3)
        drawn.add(point, LineKind.SPEAKS)
    drawn.rest(PointKind.PEER, 3, len(peers) - PEERS, LineKind.SPEAKS)


def _peers(app: Application, asset: Asset) -> Sequence[str]:
    """What its baseline knows of the network, the most frequent first."""
    workload = asset.normal_id if isinstance(asset, Container | Node) else asset.id if isinstance(asset, Workload) else ""
    baseline = app.store.baseline(workload) if workload else None
    if baseline is None:
        return ()
    counts: dict[str, int] = {}
    for entry in accepted(baseline):
        if entry.behaviour.aspect in _NETWORK and not entry.behaviour.value.startswith("unix "):
            counts[entry.behaviour.value] = counts.get(entry.behaviour.value, 0) + entry.evidence.count
    return sorted(counts, key=lambda name: (-counts[name], name))


def _point(asset: Asset, column: int) -> Point:
    kind = PointKind(type(asset).__name__.lower())
    return Point(
        id=asset.id, kind=kind, name=Text(asset.name, asset.name), column=column, open=getattr(asset, "running", False)
    )
