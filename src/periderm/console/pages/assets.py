"""The list of what is protected, and one asset with what bears on it."""

from __future__ import annotations

from periderm.app.assets import list_assets, show_asset
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render

KINDS = ("node", "image", "container", "workload", "process", "user")


def page(ask: Ask) -> str:
    """GET /assets"""
    found = list_assets(ask.app, ask.person, query_for(ask.query, ("text", "kind", "node_id", "image_digest", "workload_id")))
    filtered = any(ask.query.get(n) for n in ("text", "kind", "node_id", "image_digest", "workload_id"))
    return render("assets.html", ask, page=found, filtered=filtered, kinds=KINDS)


def one(ask: Ask) -> str:
    """GET /assets/{id}"""
    return render("asset.html", ask, story=show_asset(ask.app, ask.person, ask.parts["id"]))
