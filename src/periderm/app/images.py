"""What a person does with images: list them with their state, and read one: its layers, what to change, what runs it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.application import Application, require
from periderm.app.hiding import hide
from periderm.app.layers import LayerStory, layers_of
from periderm.app.planning import plan_for
from periderm.app.touched import Touched, running_of, touched
from periderm.app.transfers import carried_from
from periderm.model.asset import Container, Image
from periderm.model.build import Verdict
from periderm.model.contents import LookedAt
from periderm.model.envelope import ScanResult
from periderm.model.errors import NotFoundError
from periderm.model.exception import Excepted
from periderm.model.finding import Finding, FindingKind
from periderm.model.image import ImageConfig, OsRelease
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query, pages_of
from periderm.model.queue import ScanJob
from periderm.model.transfer import Carried
from periderm.model.vulnerability import PlannedChange
from periderm.model.watching import RegistryTag

MOST_FINDINGS = 5_000  # of one image that are looked at for its page; the list of findings has all
MOST_CONTAINERS = 100
MOST_TAGS = 20


class Change(msgspec.Struct, frozen=True):
    """One step of what to change, and the findings that it ends, most urgent first."""

    plan: PlannedChange
    findings: tuple[Finding, ...]


class ImageStory(msgspec.Struct, frozen=True, kw_only=True):
    """An image with all that bears on it. `changes` is what to change, most risk first; `unfixed` are vulnerabilities
    that no change ends, `others` all other findings, `unseen` what was not examined (`not_examined` in the scan's own words),
    `runs` is what runs of it, `seen_in` the tags of watched registries that name it, `job` its place in the queue,
    `hidden` those that exceptions take away, by exception. `looked_at`
    of `total` findings were read for this. `carried` tells from which network the result came, None if it was scanned here;
    `verdicts` what gates said of it, here (`source` '') and there, the newest first. `types` counts packages by type.
    `contents` tells what was looked at for malware, None if nobody asked for that.
    `result` is the last scan, None if never."""

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
    contents: LookedAt | None = None
    containers: tuple[Container, ...] = ()
    runs: Touched = Touched(image_digest="")
    seen_in: tuple[RegistryTag, ...] = ()
    job: ScanJob | None = None
    looked_at: int = 0
    total: int = 0
    carried: Carried | None = None
    verdicts: tuple[Verdict, ...] = ()


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
        runs=touched(app, digest),
        seen_in=app.store.tags(Query(image_digest=digest, limit=MOST_TAGS)).items,
        job=app.store.scan_job(digest),
        looked_at=len(found),
        total=total,
        carried=carried_from(app, digest),
        verdicts=tuple(app.store.verdicts(digest)),
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
        contents=inventory.contents,
    )


def by_priority(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The most urgent first."""
    return tuple(sorted(findings, key=lambda f: (-(f.vulnerability.priority if f.vulnerability else 0), -f.severity, f.id)))


def findings_of(app: Application, digest: str) -> tuple[tuple[Finding, ...], int]:
    """The findings of an image, the worst first, at most so many; and how many there are."""
    found: list[Finding] = []
    total = 0
    for page in pages_of(app.store.findings, Query(image_digest=digest, order="severity", limit=1000), MOST_FINDINGS):
        found += page.items
        total = page.total
    return tuple(found), total


def running_containers(app: Application, digests: Sequence[str]) -> tuple[Container, ...]:
    """Containers of these images that run now, by name; at most so many."""
    found: list[Container] = []
    for digest in digests:
        found += itertools.islice(running_of(app, digest), MOST_CONTAINERS)
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
