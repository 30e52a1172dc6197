"""What judges events and images here: the built-in detectors, the users' packs of rules, and one detector explained."""

from __future__ import annotations

import re

from periderm.app.alerts import list_alerts
from periderm.app.explain import Explanation, explain_detector, list_detectors
from periderm.app.firings import firings
from periderm.app.known_rules import show_rules
from periderm.app.rules import Listed, ListedRule
from periderm.console.filtering import query_for
from periderm.console.render import Ask, render
from periderm.console.spark import spark
from periderm.model.errors import NotFoundError
from periderm.model.query import Query
from periderm.model.text import Text

_BLANK = re.compile(r"\{(\w+)\}")  # what an alert fills in
SHOWN = 20  # of the last alerts of one detector
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
        fired={each.detector: each for each in firings(ask.app, ask.person)},
        spark=spark,
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
    mine = firings(ask.app, ask.person, [name])
    last = list_alerts(ask.app, ask.person, Query(detector=name, limit=SHOWN))
    lead = _BLANK.sub(r"‹\1›", found.message.pick(ask.words.language)) if found is not None else ""
    return render(
        "detector.html", ask, detector=found, rule=rule, lead=lead, fired=mine[0] if mine else None, last=last, spark=spark
    )


def _own(listed: Listed | None) -> list[ListedRule]:
    return [r for r in listed.rules if r.source] if listed else []


def _has(wanted: str, name: str, *texts: Text) -> bool:
    low = wanted.lower()
    return low in name.lower() or any(low in t.en.lower() or low in t.zh.lower() for t in texts)
