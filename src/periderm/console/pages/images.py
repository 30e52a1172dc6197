"""The list of images, and one image: its layers as a picture, what to change, its packages."""

from __future__ import annotations

from periderm.app.excepted import excepted_counts
from periderm.app.firings import incidents_daily
from periderm.app.images import list_images, show_image
from periderm.app.packages import search_packages
from periderm.console.filtering import LEVELS, query_for
from periderm.console.layers_picture import layers_picture
from periderm.console.render import Ask, render
from periderm.console.spark import spark
from periderm.model.looked import looked
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.tally import TallyBy

STATES = ("scanned", "failed", "unscanned", "running")
SHOWN_FINDINGS = 10  # of one change at once; the others unfold
MOST_FINDINGS = 50
SHOWN_CHANGES = 20  # with their findings; later ones are told in a line each
GRADES = tuple((name, Severity[name.upper()]) for name in (*LEVELS, "unknown"))


def page(ask: Ask) -> str:
    """GET /images"""
    given = {"order": "severity", **ask.query}
    if given["order"] == "newest":
        given["order"] = ""
    found = list_images(ask.app, ask.person, query_for(given, ("text", "state", "severity", "order", "skip")))
    filtered = any(ask.query.get(n) for n in ("text", "state", "severity"))
    return render(
        "images.html",
        ask,
        page=found,
        excepted=excepted_counts(ask.app),
        filtered=filtered,
        states=STATES,
        levels=LEVELS,
        grades=GRADES,
        daily={
            digest: spark(daily.days)
            for digest, daily in incidents_daily(ask.app, ask.person, TallyBy.IMAGE, (i.digest for i in found.items)).items()
        },
    )


def one(ask: Ask) -> str:
    """GET /images/{id}"""
    story = show_image(ask.app, ask.person, ask.parts["id"])
    asked = query_for(ask.query, ("text", "kind"))
    packages = search_packages(
        ask.app,
        ask.person,
        Query(image_digest=story.state.digest, text=asked.text, kind=asked.kind, cursor=asked.cursor, limit=asked.limit),
    )
    return render(
        "image.html",
        ask,
        story=story,
        looked=looked(story.contents) if story.contents is not None else None,
        state=story.state,
        picture=layers_picture(story.layers),
        packages=packages,
        filtered=bool(asked.text or asked.kind),
        grades=GRADES,
        shown=SHOWN_FINDINGS,
        most=MOST_FINDINGS,
        changes=story.changes[:SHOWN_CHANGES],
        later=story.changes[SHOWN_CHANGES:],
        matched=bool(story.result and story.result.advisories),
        base_known=any(layer.base is not None for layer in story.layers),
    )
