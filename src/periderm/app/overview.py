"""What needs a person now, and how large the attack surface is. Counts and shares only; judges nothing anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar
from weakref import WeakKeyDictionary

import msgspec

from periderm.app.application import Application, require
from periderm.app.last_words import last_words
from periderm.model.asset import Container, ContainerOutline
from periderm.model.effect import EffectState
from periderm.model.envelope import Heartbeat
from periderm.model.errors import NotFoundError
from periderm.model.finding import FindingKind
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.image import ImageInventory
from periderm.model.incident import Incident, IncidentState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every
from periderm.model.severity import Severity

ALIVE_SECONDS = 60
MOST_CONTAINERS = 10_000
NAMED = 5
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "busybox", "tcsh", "csh", "mksh"})
ROOT = frozenset({"root", "0"})
SHARES = ("vulnerable", "high", "shell", "root", "sensor")


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the running containers something is true for. `unknown` could not be told (image not scanned);
    `examples` are at most five of them, as (asset id, name)."""

    count: int = 0
    unknown: int = 0
    examples: tuple[tuple[str, str], ...] = ()


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The state of things at `time`. `urgent` are open incidents, worst first, at most ten of `open_incidents`."""

    time: int
    urgent: tuple[Incident, ...]
    open_incidents: int
    stopped_incidents: int
    findings: dict[str, int]
    assets: dict[str, int]
    gaps: tuple[CoverageGap, ...]
    gap_total: int
    waiting_effects: int
    running: int
    high_findings: Share
    shell: Share
    root: Share
    no_sensor: Share
    vulnerable: Share = Share()
    heartbeats: tuple[Heartbeat, ...] = ()
    machines: dict[str, str] = {}  # the names of those that heartbeats came from, by node id
    scans_failed: int = 0


class ImageFacts(msgspec.Struct, frozen=True):
    """What the shares need of an image's inventory."""

    shell: bool
    user: str


Memo = dict[str, ImageFacts]


def show_overview(app: Application, who: Principal, memo: Memo | None = None) -> Overview:
    """The whole. `memo` keeps facts of images, which never change for a digest, between calls."""
    require(who, Permission.READ)
    store, now = app.store, app.clock.now()
    is_open = [store.incidents(Query(state=s.value, order="severity", limit=10)) for s in _OPEN]
    urgent = sorted((i for page in is_open for i in page.items), key=lambda i: (-i.severity, -i.last_time))
    beats = _beats(app, who)
    every_one = every(store.container_outlines, Query(limit=1000), MOST_CONTAINERS)
    running = [container for container in every_one if container.running]
    gaps = store.gaps(Query(limit=5))
    known = memo if memo is not None else _known.setdefault(store, {})
    shares = {name: _share(each) for name, each in _answers(app, running, beats, known).items()}
    return Overview(
        time=now,
        urgent=tuple(urgent[:10]),
        open_incidents=sum(page.total for page in is_open),
        stopped_incidents=sum(1 for i in urgent if i.stopped),
        findings=_finding_counts(app),
        assets={k: store.assets(Query(kind=k, limit=1)).total for k in ("node", "image", "container", "workload")},
        gaps=gaps.items,
        gap_total=gaps.total,
        waiting_effects=sum(store.effects(Query(state=s.value, limit=1)).total for s in _WAITING),
        running=len(running),
        high_findings=shares["high"],
        shell=shares["shell"],
        root=shares["root"],
        no_sensor=shares["sensor"],
        vulnerable=shares["vulnerable"],
        heartbeats=beats,
        machines={beat.node_id: _machine(app, beat.node_id) for beat in beats if beat.node_id},
        scans_failed=sum(1 for r in store.scan_results(Query(limit=200)).items if r.failure),
    )


def _beats(app: Application, who: Principal) -> tuple[Heartbeat, ...]:
    """The view of a part leaves machines that were shown out away by itself."""
    return tuple(app.store.heartbeats()) if who.limited else last_words(app.store)


def _machine(app: Application, node_id: str) -> str:
    asset = app.store.asset(node_id)
    return asset.name if asset is not None else node_id


# Facts of images by store, for who asks without a memo of their own.
_known: WeakKeyDictionary[object, Memo] = WeakKeyDictionary()
_OPEN = (IncidentState.NEW, IncidentState.ACKNOWLEDGED)
_WAITING = (EffectState.PROPOSED, EffectState.ORDERED)


def _running(app: Application) -> Iterator[Container]:
    """Running containers, at most ten thousand."""
    known = every(app.store.assets, Query(kind="container", limit=1000), MOST_CONTAINERS)
    return (asset for asset in known if isinstance(asset, Container) and asset.running)


def _finding_counts(app: Application) -> dict[str, int]:
    """How many findings are at least this bad; each level without those above it."""
    at_least = {s: app.store.findings(Query(severity_at_least=s, limit=1)).total for s in Severity if s <= Severity.CRITICAL}
    levels = sorted(at_least, reverse=True)
    counts: dict[str, int] = {}
    above = 0
    for level in levels:
        counts[level.name.lower()] = at_least[level] - above
        above = at_least[level]
    return counts


def exposed(app: Application, who: Principal, share: str, memo: Memo | None = None) -> list[tuple[Container, bool | None]]:
    """The running containers that a share of the overview counts (True), then those for which it is not known (None), each by
    name. Raises NotFoundError for a share that there is not."""
    require(who, Permission.READ)
    if share not in SHARES:
        raise NotFoundError(f"There is no share {share[:40]!r}.", "The overview names them.")
    beats = _beats(app, who)
    answers = _answers(app, list(_running(app)), beats, memo if memo is not None else {})[share]
    found = [(container, answer) for container, answer in answers if answer is not False]
    return sorted(found, key=lambda each: (each[1] is None, each[0].name, each[0].id))


Running = TypeVar("Running", Container, ContainerOutline)


def _answers(
    app: Application, running: list[Running], beats: tuple[Heartbeat, ...], memo: Memo
) -> dict[str, list[tuple[Running, bool | None]]]:
    """Of each share in SHARES, whether it holds for each container; None where that is not known. Images are asked about all at
    once, since many containers run from few."""
    now = app.clock.now()
    watched = {b.node_id for b in beats if b.role == "agent" and now - b.time < ALIVE_SECONDS * 10**9}
    blind = {g.asset_id for g in app.store.gaps(Query(kind=GapKind.SENSOR_DOWN.value, limit=1000)).items}
    digests = sorted({c.image_digest for c in running})
    facts = _facts(app, digests, memo)
    high = _having(app, digests)
    vulnerable = _having(app, sorted(high), FindingKind.VULNERABILITY.value) if high else high
    is_high = {d: True if d in high else (None if facts[d] is None else False) for d in digests}
    is_vulnerable = {d: True if d in vulnerable else (None if facts[d] is None else False) for d in digests}
    return {
        "vulnerable": [(c, is_vulnerable[c.image_digest]) for c in running],
        "high": [(c, is_high[c.image_digest]) for c in running],
        "shell": [(c, _shell(facts[c.image_digest])) for c in running],
        "root": [(c, _is_root(c, facts[c.image_digest])) for c in running],
        "sensor": [(c, c.node_id not in watched or c.node_id in blind or c.id in blind) for c in running],
    }


def _share(answers: list[tuple[Running, bool | None]]) -> Share:
    hits = [c for c, answer in answers if answer]
    return Share(
        count=len(hits),
        unknown=sum(1 for _, answer in answers if answer is None),
        examples=tuple((c.id, c.name) for c in hits[:NAMED]),
    )


def _facts(app: Application, digests: list[str], memo: Memo) -> dict[str, ImageFacts | None]:
    """Of each of these images; None where nothing is known of it."""
    missing = [digest for digest in digests if digest and digest not in memo]
    stored = app.store.inventoried(Query(), digests=missing).items if missing else ()
    if len(memo) > 10_000:
        memo.clear()
        stored = app.store.inventoried(Query(), digests=digests).items
    for digest in stored:
        inventory = app.store.inventory(digest)
        if inventory is not None:
            memo[digest] = ImageFacts(shell=_holds_shell(inventory), user=inventory.config.user)
    return {digest: memo.get(digest) for digest in digests}


def _holds_shell(inventory: ImageInventory) -> bool:
    return any(e.path.rpartition("/")[2] in SHELLS for e in inventory.executables)


def _having(app: Application, digests: list[str], kind: str = "") -> frozenset[str]:
    """Those of these images that have findings of severity high or worse."""
    return frozenset(app.store.images_with_findings(Query(severity_at_least=Severity.HIGH, kind=kind), digests=digests).items)


def _shell(facts: ImageFacts | None) -> bool | None:
    return None if facts is None else facts.shell


def _is_root(container: Container | ContainerOutline, facts: ImageFacts | None) -> bool | None:
    """The runtime's word goes before the image's; an image without a user means root."""
    user = container.user
    if not user:
        if facts is None:
            return None
        user = facts.user or "root"
    return user.partition(":")[0] in ROOT
