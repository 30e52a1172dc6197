"""The list of incidents."""

from __future__ import annotations

from periderm.app.incidents import list_incidents, places
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render
from periderm.console.searching import FIELDS as SEARCHED
from periderm.console.searching import narrowed
from periderm.model.incident import IncidentState
from periderm.model.query import Page
from periderm.model.search import Family


def page(ask: Ask) -> str:
    """GET /incidents"""
    asked = query_for(ask.query, ("text", "state", "severity", "order", "asset_id", "skip"))
    query, more = narrowed(ask, asked, Family.INCIDENT, "incidents")
    found = list_incidents(ask.app, ask.person, query) if more["wrong"] is None else Page(())
    filtered = any(ask.query.get(n) for n in ("text", "state", "severity", "asset_id", *SEARCHED))
    states = [s.value for s in IncidentState]
    where = places(ask.app, ask.person, found.items)
    return render("incidents.html", ask, page=found, places=where, filtered=filtered, states=states, levels=LEVELS, **more)
