"""What bearing a risk would take out of what is open, before somebody does: the same weakness in all images of its repository,
and what of them runs. Changes nothing, and hides nothing: that is an exception's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from periderm.app.application import Application, require
from periderm.app.findings import show_finding
from periderm.app.handling import MOST_AT_ONCE, handling_of
from periderm.correlate.weakness import place_of, risk_id
from periderm.model.asset import Asset, Container
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.finding import Finding
from periderm.model.handling import Handling, HandlingKind
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, every

MOST_LOOKED_AT = 2_000
MOST_CONTAINERS = 1_000
MOST_PREVIEWED = 50


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """`findings` in `assets` (images, or what else has it) would be borne together, `running` containers run of them. `whole`
    is false if there were too many to look at all. Of an incident there is but itself."""

    handling: Handling
    findings: int = 0
    assets: int = 0
    running: int = 0
    whole: bool = True


def preview_acceptance(app: Application, who: Principal, subject_ids: Iterable[str]) -> list[Acceptance]:
    """One for each of those named, at most MOST_PREVIEWED. Raises NotFoundError, UsageError."""
    require(who, Permission.READ)
    names = list(dict.fromkeys(subject_ids))
    if not 1 <= len(names) <= min(MOST_AT_ONCE, MOST_PREVIEWED):
        raise UsageError(f"{len(names)} were named; 1 to {MOST_PREVIEWED} are shown at once.", "Name fewer.")
    return [acceptance_of(app, who, handling_of(app, who, name)) for name in names]


def acceptance_of(app: Application, who: Principal, handling: Handling) -> Acceptance:
    """Of one whose handling is known. Who sees a part is told of that part."""
    require(who, Permission.READ)
    if handling.kind is not HandlingKind.FINDING:
        return Acceptance(handling=handling)
    try:
        finding = show_finding(app, who, handling.subject_id)
    except NotFoundError:
        return Acceptance(handling=handling)
    same, whole = _same(app, finding, handling)
    assets = {each.asset_id for each in same}
    running: set[str] = set()
    for asset_id in assets:
        running |= _running(app, app.store.asset(asset_id))
        if len(running) >= MOST_CONTAINERS:
            whole = False
            break
    return Acceptance(handling=handling, findings=len(same), assets=len(assets), running=len(running), whole=whole)


def _same(app: Application, finding: Finding, handling: Handling) -> tuple[list[Finding], bool]:
    """The findings that are this weakness, and whether all were looked at."""
    known = finding.vulnerability
    query = Query(vulnerability=known.id, limit=1000) if known is not None else Query(detector=finding.detector, limit=1000)
    places: dict[str, str] = {}
    found: list[Finding] = []
    looked = 0
    for each in every(app.store.findings, query, MOST_LOOKED_AT):
        looked += 1
        if each.asset_id not in places:
            places[each.asset_id] = place_of(app.store.asset(each.asset_id), each.asset_id)
        if risk_id(each, places[each.asset_id]) == handling.id:
            found.append(each)
    return found, looked < MOST_LOOKED_AT


def _running(app: Application, asset: Asset | None) -> set[str]:
    digest = getattr(asset, "digest", "")
    if not digest:
        return {asset.id} if isinstance(asset, Container) and asset.running else set()
    known = every(app.store.assets, Query(kind="container", image_digest=digest, limit=1000), MOST_CONTAINERS)
    return {each.id for each in known if isinstance(each, Container) and each.running}
