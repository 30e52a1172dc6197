"""What a person asks of coverage: what the product was blind to."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.model.gap import CoverageGap
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


def list_gaps(app: Application, who: Principal, query: Query) -> Page[CoverageGap]:
    """A page of coverage gaps."""
    require(who, Permission.READ)
    return app.store.gaps(query)
