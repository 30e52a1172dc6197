"""What a person does with exceptions: list them, see what one would hide before it holds, add and remove them.

Each has a reason, an owner and an end. The store keeps who made it and when.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.app.excepted_alerts import AlertsHidden, alerts_hidden
from periderm.app.hiding import hidden_by
from periderm.model.alert import EXCEPTED
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.ids import stable_id
from periderm.model.places import ImageState
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query, pages_of

MOST_LOOKED_AT = 20_000
SHOWN = 100
LONGEST = 1_000
MOST_PATTERNS = 100
LONGEST_TIME = 2 * 366 * 86_400 * 10**9
AT_ONCE = 1_000


class Listed(msgspec.Struct, frozen=True):
    """An exception, and whether its time is over: then it hides nothing. `alerts` it has taken out of incidents so far."""

    exemption: Exemption
    expired: bool
    alerts: int = 0


class Hit(msgspec.Struct, frozen=True):
    """A finding that it hides, and its image (None: a host)."""

    finding: Finding
    image: ImageState | None = None


class ExemptionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What an exception would hide now: `total` findings in `images` images, of `looked_at` of `findings`; the first of
    them in `hits`. `alerts` are past ones that it would have taken out."""

    exemption: Exemption
    hits: tuple[Hit, ...] = ()
    total: int = 0
    images: int = 0
    looked_at: int = 0
    findings: int = 0
    alerts: AlertsHidden = AlertsHidden()

    @property
    def whole(self) -> bool:
        """Whether all findings and alerts were looked at."""
        return self.looked_at >= self.findings and self.alerts.whole


def list_exemptions(app: Application, who: Principal) -> tuple[Listed, ...]:
    """All, the next to expire first."""
    require(who, Permission.READ)
    now = app.clock.now()
    return tuple(Listed(e, e.expires <= now, _taken_out(app, e)) for e in app.store.exemptions())


def _taken_out(app: Application, exemption: Exemption) -> int:
    if not exemption.scope.findings:
        return 0
    return app.store.alerts(Query(incident_id=EXCEPTED + exemption.id, limit=1)).total


def preview_exemption(app: Application, who: Principal, exemption: Exemption) -> ExemptionPreview:
    """What it would hide if it were added now. Changes nothing. Raises UsageError for one that cannot be added."""
    require(who, Permission.READ)
    exemption = _checked(app, exemption)
    hits: list[Hit] = []
    total, looked_at, findings = 0, 0, 0
    images: set[str] = set()
    for page, count in _candidates(app, exemption):
        findings = max(findings, count)
        looked_at += len(page)
        for hit in page:
            if not hidden_by(exemption, hit.finding, hit.image, app.clock.now()):
                continue
            total += 1
            if hit.image is not None:
                images.add(hit.image.digest)
            if len(hits) < SHOWN:
                hits.append(hit)
    return ExemptionPreview(
        exemption=exemption,
        hits=tuple(hits),
        total=total,
        images=len(images),
        looked_at=looked_at,
        findings=findings,
        alerts=alerts_hidden(app, exemption),
    )


def add_exemption(app: Application, who: Principal, exemption: Exemption) -> Exemption:
    """Adds it; says who did it and when. Raises UsageError."""
    require(who, Permission.POLICY)
    now = app.clock.now()
    exemption = _checked(app, exemption)
    named = exemption.id or stable_id("exc", who.name, now, exemption.reason, exemption.scope)
    stamped = msgspec.structs.replace(exemption, id=named, created=now, created_by=who.name, source="store")
    with app.store.transaction():
        app.store.put_exemption(stamped)
        note(app, who, "exception.add", stamped.id, f"{stamped.reason} (owner: {stamped.owner})")
    return stamped


def remove_exemption(app: Application, who: Principal, exemption_id: str) -> None:
    """It hides nothing any more. Raises NotFoundError."""
    require(who, Permission.POLICY)
    with app.store.transaction():
        if all(e.id != exemption_id for e in app.store.exemptions()):
            raise NotFoundError(f"There is no exception {exemption_id[:80]!r}.", "It may have been removed already.")
        app.store.remove_exemption(exemption_id)
        note(app, who, "exception.remove", exemption_id)


def _checked(app: Application, exemption: Exemption) -> Exemption:
    return check_exemption(exemption, app.clock.now())


def check_exemption(exemption: Exemption, now: int) -> Exemption:
    """The exception with its texts trimmed. Raises UsageError for what nobody should except without saying."""
    trimmed = msgspec.structs.replace(exemption, reason=exemption.reason.strip(), owner=exemption.owner.strip())
    if not trimmed.reason or not trimmed.owner:
        raise UsageError("An exception needs a reason and an owner.", "Say why it does not count, and who answers for it.")
    if trimmed.scope.empty:
        raise UsageError(
            "An exception for everything hides everything.", "Name a vulnerability, package, image or path that it is for."
        )
    if not now < trimmed.expires <= now + LONGEST_TIME:
        raise UsageError(
            "An exception ends within two years, and not in the past.", "Choose a day by which it is looked at again."
        )
    values = [v for name in trimmed.scope.__struct_fields__ for v in getattr(trimmed.scope, name)]
    if len(values) > MOST_PATTERNS or any(len(v) > LONGEST for v in (trimmed.reason, trimmed.owner, trimmed.id, *values)):
        raise UsageError("The exception is too long.", f"Use at most {MOST_PATTERNS} patterns of {LONGEST} characters.")
    return trimmed


def _candidates(app: Application, exemption: Exemption) -> Iterator[tuple[list[Hit], int]]:
    """Findings that it may hide, page by page with how many there are: narrowed by what the store can ask for."""
    for query in _queries(exemption):
        for page in pages_of(app.store.findings, msgspec.structs.replace(query, limit=AT_ONCE), MOST_LOOKED_AT):
            images = app.store.images_of([f.id for f in page.items])
            yield [Hit(f, images.get(f.id)) for f in page.items], page.total


def _queries(exemption: Exemption) -> list[Query]:
    scope = exemption.scope
    plain = [d for d in scope.digests if not set(d) & set("*?[")]
    if len(plain) == 1 == len(scope.digests):
        return [Query(image_digest=plain[0])]
    return [Query(order="severity")]
