"""The answer to a search, grouped by kind; and views that people keep and take away."""

from __future__ import annotations

from collections.abc import Mapping

from periderm.app.search import search
from periderm.app.views import remove_view, save_view
from periderm.console.render import Ask, render
from periderm.console.searching import LONGEST, finder
from periderm.model.errors import UsageError
from periderm.model.search import Family, Found
from periderm.model.search_fields import FIELDS

LISTS = {  # pages that take the same search
    Family.INCIDENT: "/incidents",
    Family.FINDING: "/findings",
    Family.ASSET: "/assets",
    Family.AUDIT: "/audit",
}

Form = Mapping[str, list[str]]


def page(ask: Ask) -> str:
    """GET /search"""
    wrong: UsageError | None = None
    found = Found()
    text = ask.query.get("q", "")[:LONGEST]
    try:
        found = search(ask.app, ask.person, text)
    except UsageError as error:  # what was typed stays in the field, with what is wrong about it
        wrong = error
    return render(
        "search.html",
        ask,
        text=text,
        wrong=wrong,
        groups=[group for group in found.groups if group.hits],
        bounded=[group for group in found.groups if group.looked_at],
        left=[group for group in found.groups if group.left_out.en],
        lists=LISTS,
        fields=FIELDS,
        finder=finder(ask, "search"),
    )


def save_from(ask: Ask, form: Form) -> str:
    """Keeps the state of a page, and goes back to it."""
    told = {name: values[0] for name, values in form.items()}
    shared = told.get("shared") == "yes"
    view = save_view(ask.app, ask.person, told.get("name", ""), told.get("page", ""), told.get("state", ""), shared=shared)
    return view.address


def remove_from(ask: Ask, form: Form) -> str:
    """Takes a view away, and stays where one is."""
    remove_view(ask.app, ask.person, ask.parts["id"])
    return form.get("back", ["/search"])[0]
