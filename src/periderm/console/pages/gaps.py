"""What the product was blind to."""

from __future__ import annotations

from periderm.app.assets import names_of
from periderm.app.gaps import list_gaps
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.gap import GapKind


def page(ask: Ask) -> str:
    """GET /gaps"""
    found = list_gaps(ask.app, ask.person, query_for(ask.query, ("text", "kind", "asset_id")))
    return render(
        "gaps.html",
        ask,
        page=found,
        names=names_of(ask.app, ask.person, (g.asset_id for g in found.items)),
        filtered=any(ask.query.get(n) for n in ("text", "kind", "asset_id")),
        kinds=[k.value for k in GapKind],
    )
