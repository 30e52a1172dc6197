"""The list of weaknesses, and one of them."""

from __future__ import annotations

from periderm.app.assets import names_of
from periderm.app.excepted import excepted_counts
from periderm.app.findings import list_findings, show_finding
from periderm.app.touched import touched_by_finding
from periderm.console.filtering import LEVELS, query_for
from periderm.console.pages.triage import handled
from periderm.console.render import Ask, render
from periderm.console.searching import FIELDS as SEARCHED
from periderm.console.searching import narrowed
from periderm.model.finding import FindingKind
from periderm.model.query import Page
from periderm.model.search import Family

FIELDS = ("text", "kind", "severity", "asset_id", "detector", "image_digest", "vulnerability", "state")


def page(ask: Ask) -> str:
    """GET /findings"""
    query, more = narrowed(ask, query_for(ask.query, (*FIELDS, "order", "skip")), Family.FINDING, "findings")
    found = list_findings(ask.app, ask.person, query) if more["wrong"] is None else Page(())
    return render(
        "findings.html",
        ask,
        page=found,
        excepted=excepted_counts(ask.app),
        names=names_of(ask.app, ask.person, (f.asset_id for f in found.items)),
        filtered=any(ask.query.get(n) for n in (*FIELDS, *SEARCHED)),
        kinds=[k.value for k in FindingKind],
        levels=LEVELS,
        **more,
    )


def one(ask: Ask) -> str:
    """GET /findings/{id}"""
    finding = show_finding(ask.app, ask.person, ask.parts["id"])
    runs = touched_by_finding(ask.app, ask.person, finding.id)
    return render(
        "finding.html",
        ask,
        finding=finding,
        names=names_of(ask.app, ask.person, [finding.asset_id]),
        runs=runs,
        **handled(ask, finding.id),
    )
