"""What of an image was never used, what leaving it out would end, and the VEX statements that follow. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.app.application import Application, require
from periderm.app.baseline_of import baseline_of
from periderm.app.touched import running_of
from periderm.correlate import slimming
from periderm.formats import openvex
from periderm.model.baseline import Baseline
from periderm.model.errors import NotFoundError
from periderm.model.finding import Finding
from periderm.model.image import ImageInventory
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every
from periderm.model.registry import digest_named
from periderm.model.slimming import Slimming
from periderm.model.usage import FilesInUse, merge

_PAGE = 1000


class Slim(msgspec.Struct, frozen=True, kw_only=True):
    """`findings` are the image's: those that stay (of loaded packages first), then those that would go. `document` is
    OpenVEX, empty if there is nothing to state."""

    slimming: Slimming
    findings: tuple[Finding, ...]
    document: bytes = b""


def slim(app: Application, who: Principal, name: str) -> Slim:
    """Of an image by digest or name, or of the image that a workload runs. Raises NotFoundError."""
    require(who, Permission.READ)
    inventory = _inventory(app, name)
    digest = inventory.digest
    containers = tuple(running_of(app, digest))
    known = slimming.seen(inventory, _use(app, digest), _baselines(app, {c.workload_id for c in containers}, digest))
    if known is None:
        raise NotFoundError(
            f"Nobody has watched containers of {inventory.reference or digest} yet.",
            "Run it where the agent watches (`periderm up`), for a day at least.",
        )
    findings = tuple(_findings(app, digest))
    done = slimming.slim(inventory, known, findings, len(containers))
    said = tuple(slimming.statements(inventory, known, findings, app.clock.now(), len(containers)))
    document = openvex.write(said, author="periderm", time=app.clock.now()) if said else b""
    by_id = {finding.id: finding for finding in findings}
    ordered = tuple(by_id[identity] for identity in (*done.kept, *done.removed))
    return Slim(slimming=done, findings=ordered, document=document)


def _use(app: Application, digest: str) -> FilesInUse | None:
    """Under whichever of its digests a runtime told of the image."""
    found: FilesInUse | None = None
    for named in dict.fromkeys((digest, *app.store.digests_of(digest))):
        use = app.store.files_in_use(named)
        if use is not None:
            found = use if found is None else merge(found, use)
    return found


def _baselines(app: Application, workloads: set[str], digest: str) -> Iterator[Baseline]:
    """Of the workloads that run the image; only those that know it."""
    digests = {digest, *app.store.digests_of(digest)}
    for workload_id in sorted(workloads - {""}):
        baseline = app.store.baseline(workload_id)
        if baseline is not None and digests & baseline.images.keys():
            yield baseline


def _inventory(app: Application, name: str) -> ImageInventory:
    for digest in (*app.store.images_named(digest_named(name) or name), *_named(app, name)):
        inventory = app.store.inventory(digest)
        if inventory is not None:
            return inventory
    known = baseline_of(app, name)
    if known.inventory is None:
        raise NotFoundError(f"The image of {name!r} was not scanned.", "`periderm scan image NAME --store` does it.")
    return known.inventory


def _named(app: Application, name: str) -> Iterator[str]:
    """Digests of the images of that name, with or without its tag."""
    for state in app.store.images(Query(text=name, limit=_PAGE)).items:
        names = {state.name, state.asset_id, *state.references}
        if name in names or any(each.startswith((f"{name}:", f"{name}@")) for each in names):
            yield state.digest


def _findings(app: Application, digest: str) -> Iterator[Finding]:
    found = every(app.store.findings, Query(image_digest=digest, limit=_PAGE))
    return (finding for finding in found if finding.vulnerability is not None)
