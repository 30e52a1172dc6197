"""The list of vulnerabilities by priority, and one of them: where it is, and what ends it."""

from __future__ import annotations

from periderm.app.excepted import excepted_counts
from periderm.app.vulnerabilities import list_vulnerabilities, show_vulnerability
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render

STATES = ("exploited", "fixed", "running")
FIELDS = ("text", "state", "severity", "image_digest")


def page(ask: Ask) -> str:
    """GET /vulnerabilities"""
    found = list_vulnerabilities(ask.app, ask.person, query_for(ask.query, (*FIELDS, "skip")))
    filtered = any(ask.query.get(n) for n in FIELDS)
    return render(
        "vulnerabilities.html",
        ask,
        page=found,
        excepted=excepted_counts(ask.app),
        filtered=filtered,
        states=STATES,
        levels=LEVELS,
    )


def one(ask: Ask) -> str:
    """GET /vulnerabilities/{id}"""
    asked = query_for(ask.query, ())
    story = show_vulnerability(ask.app, ask.person, ask.parts["id"], asked.cursor)
    links = [r for r in story.details.references if r.startswith(("https://", "http://"))]
    return render("vulnerability.html", ask, story=story, v=story.details, summary=story.summary, links=links)
