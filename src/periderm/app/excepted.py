"""How much of what lists count is taken away by exceptions: by image, and by vulnerability. The lists themselves count what
was found; both numbers are shown. Bounded, and says where it did not look at all."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.app.application import Application
from periderm.app.hiding import hidden_by
from periderm.model.exception import Exemption
from periderm.model.finding import Finding
from periderm.model.query import Query, pages_of

MOST_LOOKED_AT = 20_000  # findings for one exception
_AT_ONCE = 1_000
_WILD = set("*?[")


class ExceptedCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that exceptions hide now. `images` by digest and severity's name, `vulnerabilities` by id; `ids` are those
    of the findings. `whole` is false where an exception fits too much to look at all of it."""

    images: dict[str, dict[str, int]] = {}
    vulnerabilities: dict[str, int] = {}
    ids: frozenset[str] = frozenset()
    whole: bool = True

    def of_image(self, digest: str) -> int:
        """All severities of one image."""
        return sum(self.images.get(digest, {}).values())


def excepted_counts(app: Application) -> ExceptedCounts:
    """Over the whole store, by its exceptions that still hold. Without any it asks nothing more."""
    now = app.clock.now()
    images: dict[str, dict[str, int]] = {}
    vulnerabilities: dict[str, int] = {}
    seen: set[str] = set()
    whole = True
    for exemption in app.store.exemptions():
        if exemption.expires <= now:
            continue
        looked_at = 0
        for page in _pages(app, exemption):
            looked_at += len(page)
            places = app.store.images_of([f.id for f in page])
            for finding in page:
                image = places.get(finding.id)
                if finding.id in seen or not hidden_by(exemption, finding, image, now):
                    continue
                seen.add(finding.id)
                if image is not None:
                    counts = images.setdefault(image.digest, {})
                    name = finding.severity.name.lower()
                    counts[name] = counts.get(name, 0) + 1
                if finding.vulnerability is not None:
                    known = finding.vulnerability.id
                    vulnerabilities[known] = vulnerabilities.get(known, 0) + 1
        whole = whole and looked_at < MOST_LOOKED_AT
    return ExceptedCounts(images=images, vulnerabilities=vulnerabilities, ids=frozenset(seen), whole=whole)


def _pages(app: Application, exemption: Exemption) -> Iterator[tuple[Finding, ...]]:
    """Findings that it may hide: narrowed by what the store can ask for."""
    looked_at = 0
    for query in _queries(exemption):
        asked = msgspec.structs.replace(query, limit=_AT_ONCE)
        for page in pages_of(app.store.findings, asked, MOST_LOOKED_AT - looked_at):
            yield page.items
            looked_at += len(page.items)


def _queries(exemption: Exemption) -> list[Query]:
    """By image where it names digests, else by vulnerability or detector where it names those, else all."""
    scope = exemption.scope
    if scope.digests and not any(_WILD & set(d) for d in scope.digests):
        return [Query(image_digest=digest) for digest in scope.digests]
    named = scope.findings
    if named and all(n.startswith("CVE-") and not _WILD & set(n) for n in named):
        return [Query(vulnerability=name) for name in named]
    return [Query(order="severity")]
