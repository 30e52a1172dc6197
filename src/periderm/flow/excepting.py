"""Which alerts the store's exceptions take away before they become news: they are kept, and open no incident.

Judges nothing: what a scope covers is said in `algorithms.exceptions`. What a policy answers by itself on the node is not
held back by an exception.
"""

from __future__ import annotations

from periderm.algorithms.exceptions import hides_alert, subject_of_alert
from periderm.model.alert import Alert
from periderm.model.asset import Image
from periderm.model.exception import Exemption
from periderm.model.query import Query
from periderm.ports.store import Store


class Excepting:
    """The exceptions as they are at one moment, for one batch of alerts."""

    def __init__(self, store: Store, now: int, exemptions: tuple[Exemption, ...] | None = None) -> None:
        self._store = store
        self._now = now
        self._exemptions = exemptions
        self._names: dict[str, tuple[str, ...]] = {}

    def of(self, alert: Alert) -> str:
        """The id of the first exception that takes it away, '' if none does."""
        if self._exemptions is None:
            self._exemptions = tuple(e for e in self._store.exemptions() if e.scope.findings and e.expires > self._now)
        if not self._exemptions:
            return ""
        subject = subject_of_alert(alert, self._references(alert.image_digest))
        return next((e.id for e in self._exemptions if hides_alert(e, subject, self._now)), "")

    def _references(self, digest: str) -> tuple[str, ...]:
        """Names of an image, asked only where an exception names images."""
        if not digest or not any(e.scope.images for e in self._exemptions or ()):
            return ()
        if digest not in self._names:
            images = self._store.assets(Query(kind="image", image_digest=digest, limit=10)).items
            known = (name for image in images if isinstance(image, Image) for name in (image.name, *image.references))
            self._names[digest] = tuple(dict.fromkeys(name for name in known if name))
        return self._names[digest]
