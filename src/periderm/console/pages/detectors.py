"""What judges events and images here: the built-in detectors, the users' packs of rules, and one detector explained."""

from __future__ import annotations

from periderm.app.explain import Explanation, explain_detector, list_detectors
from periderm.app.known_rules import show_rules
from periderm.app.rules import Listed, ListedRule
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.model.errors import NotFoundError
from periderm.model.text import Text

CAPABILITIES = ("runtime", "content", "image", "vulnerability")


def page(ask: Ask) -> str:
    """GET /detectors"""
    asked = query_for(ask.query, ("text", "kind"))
    listed = show_rules(ask.app, ask.person)
    built = [d for d in list_detectors() if asked.kind in ("", d.capability) and _has(asked.text, d.id, d.title, d.message)]
    own = [r for r in _own(listed) if asked.kind in ("", "own") and _has(asked.text, r.id, r.title)]
    return render(
        "detectors.html",
        ask,
        built=built,
        own=own,
        listed=listed,
        problems=[p for p in listed.packs if p.problem] if listed else [],
        capabilities=CAPABILITIES,
        filtered=bool(asked.text or asked.kind),
    )


def one(ask: Ask) -> str:
    """GET /detectors/{id}"""
    name = ask.parts["id"]
    try:
        found: Explanation | None = explain_detector(name)
    except NotFoundError:
        found = None
        rule = next((r for r in _own(show_rules(ask.app, ask.person)) if r.id == name), None)
        if rule is None:
            raise
    else:
        rule = None
    return render("detector.html", ask, detector=found, rule=rule)


def _own(listed: Listed | None) -> list[ListedRule]:
    return [r for r in listed.rules if r.source] if listed else []


def _has(wanted: str, name: str, *texts: Text) -> bool:
    low = wanted.lower()
    return low in name.lower() or any(low in t.en.lower() or low in t.zh.lower() for t in texts)
