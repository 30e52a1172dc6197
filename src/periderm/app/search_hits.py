"""What each kind of thing looks like in the answer to a search, and how detectors and packages are searched, which are in no
list of the store that takes a condition."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from periderm.algorithms.searching.judging import fits, pattern
from periderm.app.alerts import list_alerts
from periderm.app.application import Application
from periderm.app.assets import list_assets
from periderm.app.audit import list_audit
from periderm.app.baselines import list_baselines
from periderm.app.explain import list_detectors
from periderm.app.findings import list_findings
from periderm.app.images import list_images
from periderm.app.incidents import list_incidents
from periderm.app.known_rules import show_rules
from periderm.app.packages import search_packages
from periderm.app.vulnerabilities import list_vulnerabilities
from periderm.model.alert import Alert
from periderm.model.asset import Asset
from periderm.model.audit import AuditEntry
from periderm.model.baseline_summary import BaselineSummary
from periderm.model.finding import Finding
from periderm.model.incident import Incident
from periderm.model.places import ImageState, PackagePlace, VulnerabilityPlaces
from periderm.model.principal import Principal
from periderm.model.query import Page, Query
from periderm.model.search import Compare, Condition, Family, Group, Hit, Match, Word, needed
from periderm.model.text import Text

LOOKED_AT = 500  # packages that a search holds a condition against
SECOND = 10**9
_NEEDS_NAME = Text("packages are found by a word or `package:NAME`", "查找软件包需要一个词或 `package:名称`")

Read = Callable[[Application, Principal, Query], Page[Any]]


def _same(text: str) -> Text:
    return Text(text, text)


def _segment(text: str) -> str:
    return quote(text, safe=":")


def _incident(item: Incident) -> Hit:
    return Hit(
        id=item.id,
        title=item.title,
        address=f"/incidents/{_segment(item.id)}",
        detail=item.container_name or item.node_id,
        severity=item.severity,
        time=item.last_time,
        state=item.state.value,
    )


def _alert(item: Alert) -> Hit:
    led = f"/incidents/{_segment(item.incident_id)}" if item.incident_id else f"/detectors/{_segment(item.detector)}"
    return Hit(
        id=item.id,
        title=item.title,
        address=led,
        detail=item.object or item.container_name,
        severity=item.severity,
        time=item.last_time,
    )


def _finding(item: Finding) -> Hit:
    return Hit(
        id=item.id,
        title=item.title,
        address=f"/findings/{_segment(item.id)}",
        detail=item.location or item.package,
        severity=item.severity,
        time=item.last_seen,
    )


def _vulnerability(item: VulnerabilityPlaces) -> Hit:
    return Hit(
        id=item.id,
        title=_same(item.id),
        address=f"/vulnerabilities/{_segment(item.id)}",
        detail=item.title or ", ".join(item.package_names[:3]),
        severity=item.severity,
        time=item.first_seen,
    )


def _image(item: ImageState) -> Hit:
    return Hit(
        id=item.digest,
        title=_same(item.name or item.digest),
        address=f"/images/{_segment(item.digest)}",
        detail=item.os_name or item.digest,
        time=item.last_seen,
    )


def _asset(item: Asset) -> Hit:
    owned = item.ownership
    detail = " · ".join(filter(None, (str(item.__struct_config__.tag), owned.application, owned.owner)))
    return Hit(id=item.id, title=_same(item.name), address=f"/assets/{_segment(item.id)}", detail=detail, time=item.last_seen)


def _baseline(item: BaselineSummary) -> Hit:
    return Hit(
        id=item.workload_id,
        title=_same(item.name),
        address=f"/baselines/{_segment(item.workload_id)}",
        time=item.changed * SECOND,
        state=item.phase.value,
    )


def _entry(item: AuditEntry) -> Hit:
    return Hit(
        id=str(item.sequence),
        title=_same(f"{item.who} {item.action}"),
        address=f"/audit?q=id%3A{item.sequence}",
        detail=f"{item.subject} {item.detail}".strip(),
        time=item.time,
    )


LISTS: Mapping[Family, tuple[Read, Callable[[Any], Hit]]] = {
    Family.INCIDENT: (list_incidents, _incident),
    Family.ALERT: (list_alerts, _alert),
    Family.FINDING: (list_findings, _finding),
    Family.VULNERABILITY: (list_vulnerabilities, _vulnerability),
    Family.IMAGE: (list_images, _image),
    Family.ASSET: (list_assets, _asset),
    Family.BASELINE: (list_baselines, _baseline),
    Family.AUDIT: (list_audit, _entry),
}


@functools.cache
def detector_names() -> dict[str, Text]:
    """Ids of the product's own detectors, with their titles."""
    return {each.id: each.title for each in list_detectors()}


@functools.cache
def technique_names() -> dict[str, Text]:
    """ATT&CK techniques that a detector tells of, with their names."""
    return {technique.id: technique.name for each in list_detectors() for technique in each.techniques}


def detectors_of(wanted: Match) -> tuple[str, ...]:
    """Ids of detectors that tell of one of these techniques; a technique stands for what is below it too."""
    likes = [like for value in wanted.values for like in (pattern(value), pattern(f"{value}.*"))]
    return tuple(d.id for d in list_detectors() if any(like(t.id) for t in d.techniques for like in likes))


def found_detectors(app: Application, who: Principal, condition: Condition, limit: int) -> Group:
    """The product's own, and rules of packs."""
    hits = []
    for each in list_detectors():
        facts = {
            "id": (each.id,),
            "detector": (each.id,),
            "severity": (str(int(each.severity)),),
            "technique": tuple(name for t in each.techniques for name in (t.id, t.id.partition(".")[0])),
        }
        if fits(condition, facts, _folded(each.id, each.title, each.message)):
            hits.append(_detector(each.id, each.title, each.severity))
    listed = show_rules(app, who)
    for rule in (r for r in listed.rules if r.source) if listed is not None else ():
        facts = {"id": (rule.id,), "detector": (rule.id,), "severity": (str(int(rule.severity)),), "technique": rule.techniques}
        if fits(condition, facts, _folded(rule.id, rule.title)):
            hits.append(_detector(rule.id, rule.title, rule.severity))
    return Group(family=Family.DETECTOR, hits=tuple(hits[:limit]), total=len(hits), more=len(hits) > limit)


def _detector(name: str, title: Text, severity: Any) -> Hit:
    return Hit(id=name, title=title, address=f"/detectors/{_segment(name)}", detail=name, severity=severity)


def _folded(*parts: str | Text) -> str:
    return "\n".join(f"{p.en}\n{p.zh}" if isinstance(p, Text) else p for p in parts).casefold()


def found_packages(app: Application, who: Principal, condition: Condition, limit: int) -> Group:
    """By a name that leads to few of them along an index; all else is held against those."""
    led = _leading(condition)
    if not led:
        return Group(family=Family.PACKAGE, left_out=_NEEDS_NAME)
    page = search_packages(app, who, Query(text=led, limit=LOOKED_AT))
    fitting = [place for place in page.items if fits(condition, _facts(place), _folded(place.name, place.purl))]
    return Group(
        family=Family.PACKAGE,
        hits=tuple(_package(place) for place in fitting[:limit]),
        total=len(fitting),
        more=len(fitting) > limit or bool(page.next_cursor),
        looked_at=len(page.items) if page.next_cursor else 0,
    )


def _leading(condition: Condition) -> str:
    words = ""
    for part in needed(condition):
        if isinstance(part, Match) and part.field == "package" and part.compare is Compare.IS and len(part.values) == 1:
            name = part.values[0]
            return f"={name}" if "*" not in name else max(name.split("*"), key=len)
        if isinstance(part, Word):
            words = words or part.text
    return words


def _facts(place: PackagePlace) -> dict[str, tuple[str, ...]]:
    return {
        "package": (place.name,),
        "version": (place.version,),
        "type": (place.type,),
        "licence": (place.licence,),
        "image": (place.reference, place.reference.rpartition(":")[0], place.image_digest),
    }


def _package(place: PackagePlace) -> Hit:
    return Hit(
        id=place.purl or place.name,
        title=_same(f"{place.name} {place.version}"),
        address=f"/packages?text={quote('=' + place.name)}",
        detail=place.reference or place.image_digest,
    )
