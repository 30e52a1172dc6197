"""The list of weaknesses, and one of them."""

from __future__ import annotations

from periderm.app.assets import names_of
from periderm.app.excepted import excepted_counts
from periderm.app.findings import list_findings, show_finding
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render
from periderm.model.finding import FindingKind

FIELDS = ("text", "kind", "severity", "asset_id", "detector", "image_digest", "vulnerability")


def page(ask: Ask) -> str:
    """GET /findings"""
    found = list_findings(ask.app, ask.person, query_for(ask.query, (*FIELDS, "order")))
    return render(
        "findings.html",
        ask,
        page=found,
        excepted=excepted_counts(ask.app),
        names=names_of(ask.app, ask.person, (f.asset_id for f in found.items)),
        filtered=any(ask.query.get(n) for n in FIELDS),
        kinds=[k.value for k in FindingKind],
        levels=LEVELS,
    )


def one(ask: Ask) -> str:
    """GET /findings/{id}"""
    finding = show_finding(ask.app, ask.person, ask.parts["id"])
    return render("finding.html", ask, finding=finding, names=names_of(ask.app, ask.person, [finding.asset_id]))
