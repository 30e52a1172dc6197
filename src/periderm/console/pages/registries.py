"""Watched registries: how looking at them goes; and one with its tags."""

from __future__ import annotations

from periderm.app.registries import list_registries, list_tags, look_now, show_registry
from periderm.console.filtering import LEVELS, query_for
from periderm.console.render import Ask, render
from periderm.model.query import Query
from periderm.model.severity import Severity

GRADES = tuple((name, Severity[name.upper()]) for name in (*LEVELS, "unknown"))
TAG_STATES = ("there", "passed", "gone")


def page(ask: Ask) -> str:
    """GET /registries"""
    return render("registries.html", ask, listed=list_registries(ask.app, ask.person))


def one(ask: Ask) -> str:
    """GET /registries/{id}"""
    found = show_registry(ask.app, ask.person, ask.parts["id"])
    asked = query_for(ask.query, ("text", "state"))
    query = Query(kind=found.watch.name, text=asked.text, state=asked.state, cursor=asked.cursor, limit=asked.limit)
    tags = list_tags(ask.app, ask.person, query)
    digests = dict.fromkeys(image.image for tag in tags.items for image in tag.images)
    states = {}
    for digest in digests:
        for state in ask.app.store.images(Query(image_digest=digest, limit=1)).items:
            states[digest] = state
    return render(
        "registry.html",
        ask,
        found=found,
        watch=found.watch,
        state=found.state,
        page=tags,
        images=states,
        filtered=bool(asked.text or asked.state),
        states=TAG_STATES,
        grades=GRADES,
    )


def look_from(ask: Ask) -> str:
    """Asks for a look at the one of the address; its name. Raises NotFoundError, UsageError."""
    return look_now(ask.app, ask.person, ask.parts["id"]).watch.name
