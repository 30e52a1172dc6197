"""Every response: done, ordered, proposed, refused, taken back; by whom and what it hit."""

from __future__ import annotations

from periderm.app.effects import list_effects
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.effect import EffectState


def page(ask: Ask) -> str:
    """GET /responses"""
    found = list_effects(ask.app, ask.person, query_for(ask.query, ("text", "state", "incident_id", "asset_id")))
    filtered = any(ask.query.get(n) for n in ("text", "state", "incident_id", "asset_id"))
    return render("responses.html", ask, page=found, filtered=filtered, states=[s.value for s in EffectState])
