"""What is seen of ATT&CK for containers: the matrix, what the self-test made of it, and every exercise."""

from __future__ import annotations

from periderm.app.tested import Mark, show_coverage
from periderm.console.render import Ask, render

SIGNS = {Mark.SEEN: "✓", Mark.PARTLY: "◐", Mark.MISSED: "✗", Mark.QUIET: "·", Mark.BLIND: "–"}
MOST_RUNS = 20


def page(ask: Ask) -> str:
    """GET /coverage"""
    report = show_coverage(ask.app, ask.person)
    return render(
        "coverage.html",
        ask,
        report=report,
        signs={mark.value: sign for mark, sign in SIGNS.items()},
        marks=[mark.value for mark in Mark],
        runs=report.runs[:MOST_RUNS],
    )
