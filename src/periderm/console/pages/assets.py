"""The list of what is protected, and one asset with what bears on it."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.asset_graph import Point, asset_graph
from periderm.app.assets import list_assets, show_asset
from periderm.app.firings import assets_daily
from periderm.console.filtering import query_for
from periderm.console.foreign import clip
from periderm.console.graph import graph
from periderm.console.render import Ask, render
from periderm.console.searching import FIELDS as SEARCHED
from periderm.console.searching import narrowed
from periderm.console.spark import Spark, spark
from periderm.model.asset import Asset
from periderm.model.query import Page
from periderm.model.search import Family

WIDE, NARROW = 22, 12  # letters that a box has room for
KINDS = ("node", "image", "container", "workload", "process", "user")


def page(ask: Ask) -> str:
    """GET /assets"""
    fields = ("text", "kind", "node_id", "image_digest", "workload_id")
    query, more = narrowed(ask, query_for(ask.query, (*fields, "skip")), Family.ASSET, "assets")
    found = list_assets(ask.app, ask.person, query) if more["wrong"] is None else Page(())
    filtered = any(ask.query.get(n) for n in (*fields, *SEARCHED))
    return render("assets.html", ask, page=found, filtered=filtered, kinds=KINDS, daily=daily_of(ask, found.items), **more)


def daily_of(ask: Ask, items: Sequence[Asset]) -> dict[str, Spark]:
    """Incidents of the last days of each asset that had any, as little bars."""
    return {name: spark(daily.days) for name, daily in assets_daily(ask.app, ask.person, items).items()}


def one(ask: Ask) -> str:
    """GET /assets/{id}"""
    told = asset_graph(ask.app, ask.person, ask.parts["id"])
    names = {point.id: _called(ask, point) for point in told.points}
    return render(
        "asset.html",
        ask,
        story=show_asset(ask.app, ask.person, ask.parts["id"]),
        told=told,
        graph=graph(told),
        names=names,
        short={name: clip(text, WIDE if text.isascii() else NARROW) for name, text in names.items()},
    )


def _called(ask: Ask, point: Point) -> str:
    """A point in words."""
    if point.count:
        return ask.words.say(f"graph-more-{point.kind.value}", n=point.count)
    return point.name.pick(ask.words.language) or ask.words.say("graph-nobody")
