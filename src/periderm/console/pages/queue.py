"""The queue of scans: what waits, what is being scanned, what failed; try again, take out."""

from __future__ import annotations

from periderm.app.queue import cancel_job, list_jobs, queue_state, retry_job
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.queue import JobState

STATES = tuple(state.value for state in JobState)


def page(ask: Ask) -> str:
    """GET /queue"""
    found = list_jobs(ask.app, ask.person, query_for({**ask.query, "order": "severity"}, ("text", "state", "order")))
    return render(
        "queue.html",
        ask,
        page=found,
        state=queue_state(ask.app, ask.person),
        filtered=any(ask.query.get(n) for n in ("text", "state")),
        states=STATES,
    )


def retry_from(ask: Ask) -> str:
    """Tries the one of the address again; its digest."""
    return retry_job(ask.app, ask.person, ask.parts["id"]).image_digest


def cancel_from(ask: Ask) -> str:
    """Takes the one of the address out; its digest."""
    return cancel_job(ask.app, ask.person, ask.parts["id"]).image_digest
