"""What is seen of ATT&CK for containers: the matrix, what the self-test made of it, and every exercise."""

from __future__ import annotations

from periderm.app.fired import HEATS, fired, together
from periderm.app.tested import Mark, show_coverage
from periderm.console.render import Ask, render

SIGNS = {Mark.SEEN: "✓", Mark.PARTLY: "◐", Mark.MISSED: "✗", Mark.QUIET: "·", Mark.BLIND: "–"}
MOST_RUNS = 20
PASTS = (1, 7, 30, 90)  # days in which an alert counts as fired
USUAL = 30


def page(ask: Ask) -> str:
    """GET /coverage"""
    report = show_coverage(ask.app, ask.person)
    days = next((each for each in PASTS if str(each) == ask.query.get("days", "")), USUAL)
    told = fired(ask.app, ask.person, (sight.id for m in report.techniques for sight in m.covered.seen), days)
    hot = {m.covered.id: together(told[s.id] for s in m.covered.seen if s.id in told) for m in report.techniques}
    return render(
        "coverage.html",
        ask,
        report=report,
        signs={mark.value: sign for mark, sign in SIGNS.items()},
        marks=[mark.value for mark in Mark],
        runs=report.runs[:MOST_RUNS],
        hot=hot,
        heats=range(1, HEATS + 1),
        fired=sum(1 for each in hot.values() if each.alerts),
        days=days,
        pasts=PASTS,
    )
