"""One incident: the sentence first, then why it is that bad, the chain as a picture, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.announce import announcements_of
from periderm.app.export_incident import export_incident
from periderm.app.incident_pdf import incident_pdf
from periderm.app.incidents import IncidentStory, show_incident
from periderm.app.offers import Offer, offers
from periderm.app.respond import Proposal, propose
from periderm.app.similar import similar_incidents
from periderm.console.download import Download
from periderm.console.lanes import picture
from periderm.console.pages.triage import handled
from periderm.console.render import Ask, render
from periderm.console.tree import branches
from periderm.model.alert import Alert
from periderm.model.attack import TACTICS, TECHNIQUES
from periderm.model.effect import EffectRecord
from periderm.model.incident import IncidentState

FIRST_OFFERS = 6  # responses shown at once; the others unfold


def page(ask: Ask) -> str:
    """GET /incidents/{id}"""
    story = show_incident(ask.app, ask.person, ask.parts["id"])
    incident = story.incident
    findings = {f.id: f for f in story.findings}
    return render(
        "incident.html",
        ask,
        story=story,
        incident=incident,
        picture=picture(incident, story.effects),
        tree=branches(incident.processes),
        numbers=_numbers(story),
        links=[(n, link, findings.get(link.finding_id)) for n, link in enumerate(incident.findings, 1)],
        first_offers=FIRST_OFFERS,
        proposals=_ordered(propose(ask.app, ask.person, incident.id), offers(ask.app, ask.person, incident.id)),
        sessions=announcements_of(ask.app, ask.person, (a.session for a in story.alerts)),
        timeline=_timeline(story),
        tactics={t.id: t.name for t in TACTICS},
        techniques={t.id: t for t in TECHNIQUES},
        states=[s.value for s in IncidentState],
        **handled(ask, incident.id),
        similar=similar_incidents(ask.app, ask.person, incident.id),
    )


def export(ask: Ask) -> Download:
    """GET /incidents/{id}/export: the whole story as JSON."""
    content = export_incident(ask.app, ask.person, ask.parts["id"])
    return Download(name=f"incident-{ask.parts['id']}.json", content=content, media="application/json")


def export_pdf(ask: Ask) -> Download:
    """GET /incidents/{id}/pdf: the story in sentences, in the reader's language."""
    content = incident_pdf(ask.app, ask.person, ask.parts["id"], ask.words.language)
    return Download(name=f"incident-{ask.parts['id']}.pdf", content=content, media="application/pdf")


def _ordered(first: Sequence[Proposal], more: Sequence[Offer]) -> list[Proposal | Offer]:
    """What can be ordered now before what cannot; what can be undone before what cannot."""
    every: list[Proposal | Offer] = [*first, *more]
    kills = ("kill-process", "kill-tree", "kill-container")
    return sorted(every, key=lambda o: (not o.allowed, o.kind in kills, not o.undo))


def _numbers(story: IncidentStory) -> dict[int, tuple[int, ...]]:
    """The numbers of the steps that each process did."""
    numbers: dict[int, tuple[int, ...]] = {}
    for number, step in enumerate(story.incident.chain, 1):
        numbers[step.process_key] = (*numbers.get(step.process_key, ()), number)
    return numbers


def _timeline(story: IncidentStory) -> list[tuple[int, Alert | EffectRecord]]:
    """Alerts and responses in the order of time."""
    moments: list[tuple[int, Alert | EffectRecord]] = [(a.time, a) for a in story.alerts]
    moments += [(r.time, r) for r in story.effects]
    return sorted(moments, key=lambda m: m[0])
