"""What a person does with vulnerabilities: list them by priority, and ask of one where it is and what ends it."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application, require
from periderm.app.hiding import hide
from periderm.app.images import running_containers
from periderm.model.asset import Container
from periderm.model.errors import NotFoundError
from periderm.model.exception import Excepted
from periderm.model.finding import Finding
from periderm.model.places import ImageState, VulnerabilityPlaces
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query
from periderm.model.vulnerability import Vulnerability

PAGE = 100


class Place(msgspec.Struct, frozen=True):
    """One finding of it, and the image that it is in (None: a host)."""

    finding: Finding
    image: ImageState | None = None


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """A package at a version, what mends it ('' if nothing does yet), and in how many of the places looked at."""

    package: str
    version: str
    fixed_in: str
    places: int


class VulnerabilityStory(msgspec.Struct, frozen=True, kw_only=True):
    """A vulnerability with where it is. `details` are those of its most urgent finding. `hidden` are exceptions that take
    findings of this page away from what counts (they are shown all the same). `containers` run it now."""

    summary: VulnerabilityPlaces
    details: Vulnerability
    worst: Finding
    places: Page[Place]
    fixes: tuple[Fix, ...] = ()
    containers: tuple[Container, ...] = ()
    hidden: tuple[Excepted, ...] = ()


def list_vulnerabilities(app: Application, who: Principal, query: Query) -> Page[VulnerabilityPlaces]:
    """A page of vulnerabilities, the most urgent first."""
    require(who, Permission.READ)
    return app.store.vulnerabilities(query)


def show_vulnerability(app: Application, who: Principal, name: str, cursor: str = "") -> VulnerabilityStory:
    """One vulnerability, with a page of its places. Raises NotFoundError."""
    require(who, Permission.READ)
    summaries = app.store.vulnerabilities(Query(vulnerability=name, limit=1)).items if name else ()
    page = app.store.findings(Query(vulnerability=name, order="severity", cursor=cursor, limit=PAGE)) if name else None
    if not summaries or page is None or not page.items:
        raise NotFoundError(
            f"No finding is about {name!r}.", "Look for a part of its name or an alias in the list of vulnerabilities."
        )
    images = app.store.images_of([f.id for f in page.items])
    found = sorted(page.items, key=lambda f: (-(f.vulnerability.priority if f.vulnerability else 0), -f.severity, f.id))
    worst = next((f for f in found if f.vulnerability is not None), None)
    if worst is None or worst.vulnerability is None:
        raise NotFoundError(f"No finding is about {name!r} any more.", "Go back to the list of vulnerabilities.")
    places = tuple(Place(f, images.get(f.id)) for f in found)
    states = {p.image.digest: p.image for p in places if p.image is not None}
    return VulnerabilityStory(
        summary=summaries[0],
        details=worst.vulnerability,
        worst=worst,
        places=Page(places, page.next_cursor, page.total),
        fixes=_fixes(found),
        containers=running_containers(app, [digest for digest, state in states.items() if state.running]),
        hidden=hide(app, found, images).by,
    )


def _fixes(findings: list[Finding]) -> tuple[Fix, ...]:
    counts: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        v = finding.vulnerability
        if v is not None:
            key = (v.name, v.version, v.fixed_in)
            counts[key] = counts.get(key, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Fix(package=name, version=at, fixed_in=to, places=n) for (name, at, to), n in ordered)
