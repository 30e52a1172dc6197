"""What a person does with images: list them with their state, and read one: its layers, what to change, what runs it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.hiding import hide
from periderm.app.layers import LayerStory, layers_of
from periderm.app.planning import plan_for
from periderm.model.asset import Container, Image
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError
from periderm.model.exception import Excepted
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageConfig, OsRelease
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.vulnerability import PlannedChange

MOST_FINDINGS = 5_000  # of one image that are looked at for its page; the list of findings has all
MOST_CONTAINERS = 100


class Change(msgspec.Struct, frozen=True):
    """One step of what to change, and the findings that it ends, most urgent first."""

    plan: PlannedChange
    findings: tuple[Finding, ...]


class ImageStory(msgspec.Struct, frozen=True, kw_only=True):
    """An image with all that bears on it. `changes` is what to change, most risk first; `unfixed` are vulnerabilities
    that no change ends, `others` all other findings, `unseen` what was not examined (`not_examined` in the scan's own words),
    `hidden` those that exceptions take away, by exception. `looked_at`
    of `total` findings were read for this. `types` counts packages by type. `result` is the last scan, None if never."""

    state: ImageState
    result: ScanResult | None = None
    config: ImageConfig = ImageConfig()
    os: OsRelease = OsRelease()
    source: str = ""
    files: int = 0
    executables: int = 0
    types: dict[str, int] = {}
    layers: tuple[LayerStory, ...] = ()
    changes: tuple[Change, ...] = ()
    unfixed: tuple[Finding, ...] = ()
    others: tuple[Finding, ...] = ()
    unseen: tuple[Finding, ...] = ()
    hidden: tuple[Excepted, ...] = ()
    hidden_findings: tuple[Finding, ...] = ()
    not_examined: tuple[str, ...] = ()
    containers: tuple[Container, ...] = ()
    looked_at: int = 0
    total: int = 0


def list_images(app: Application, who: Principal, query: Query) -> Page[ImageState]:
    """A page of images."""
    require(who, Permission.READ)
    return app.store.images(query)


def show_image(app: Application, who: Principal, name: str) -> ImageStory:
    """One image, by its digest or its asset's id. Raises NotFoundError."""
    require(who, Permission.READ)
    state = image_state(app, name)
    digest = state.digest
    inventory = app.store.inventory(digest)
    found, total = findings_of(app, digest)
    hidden = hide(app, found, {f.id: state for f in found})
    counted = hidden.left
    results = app.store.scan_results(Query(image_digest=digest, limit=1)).items
    story = ImageStory(
        state=state,
        result=results[0] if results else None,
        others=tuple(f for f in counted if f.vulnerability is None and f.kind is not FindingKind.NOT_EXAMINED),
        unseen=tuple(f for f in counted if f.kind is FindingKind.NOT_EXAMINED),
        hidden=hidden.by,
        hidden_findings=hidden.findings,
        containers=running_containers(app, [digest]),
        looked_at=len(found),
        total=total,
    )
    if inventory is None:
        return story
    changes = _changes(plan_for(story.result.plan if story.result else (), counted, inventory), counted)
    ended = {f.id for change in changes for f in change.findings}
    types: dict[str, int] = {}
    for package in inventory.packages:
        types[package.type] = types.get(package.type, 0) + 1
    return msgspec.structs.replace(
        story,
        config=inventory.config,
        os=inventory.os,
        source=inventory.source,
        files=inventory.files,
        executables=len(inventory.executables),
        types=dict(sorted(types.items(), key=lambda pair: -pair[1])),
        layers=layers_of(inventory, counted),
        changes=changes,
        unfixed=by_priority(f for f in counted if f.vulnerability is not None and f.id not in ended),
        others=tuple(f for f in story.others if f.id not in ended),
        not_examined=inventory.not_examined,
    )


def by_priority(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most urgent first."""
    return tuple(sorted(findings, key=lambda f: (-(f.vulnerability.priority if f.vulnerability else 0), -f.severity, f.id)))


def findings_of(app: Application, digest: str) -> tuple[tuple[Finding, ...], int]:
    """The findings of an image, the worst first, at most so many; and how many there are."""
    found: list[Finding] = []
    cursor = ""
    while True:
        page = app.store.findings(Query(image_digest=digest, order="severity", cursor=cursor, limit=1000))
        found += page.items
        cursor = page.next_cursor
        if not cursor or len(found) >= MOST_FINDINGS:
            return tuple(found), page.total


def running_containers(app: Application, digests: Sequence[str]) -> tuple[Container, ...]:
    """Containers of these images that run now, by name; at most so many."""
    found: list[Container] = []
    for digest in digests:
        page = app.store.assets(Query(kind="container", image_digest=digest, limit=1000))
        found += [a for a in page.items if isinstance(a, Container) and a.running]
        if len(found) >= MOST_CONTAINERS:
            break
    return tuple(sorted(found, key=lambda c: (c.name, c.id))[:MOST_CONTAINERS])


def image_state(app: Application, name: str) -> ImageState:
    """The row of one image, by its digest or its asset's id. Raises NotFoundError."""
    asset = None if ":" in name else app.store.asset(name)
    digest = asset.digest if isinstance(asset, Image) else name
    found = app.store.images(Query(image_digest=digest, limit=1)).items if digest else ()
    if not found:
        raise NotFoundError(f"There is no image {name!r}.", "`periderm assets --kind image` lists those that are known.")
    return found[0]


def _changes(plan: Sequence[PlannedChange], findings: Sequence[Finding]) -> tuple[Change, ...]:
    known = {f.id: f for f in findings}
    return tuple(Change(p, by_priority(known[name] for name in p.removes if name in known)) for p in plan)
