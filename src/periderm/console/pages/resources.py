"""What the programs of a workload use by part of the day: a small picture each, and the same as figures."""

from __future__ import annotations

from itertools import groupby

from periderm.app.resource_uses import PART_HOURS, resource_uses
from periderm.console.figures import size
from periderm.console.multiples import HEIGHT, WIDTH, columns
from periderm.console.render import Ask, render

PROGRAMS = 20  # on a page
LONGEST = 500


def page(ask: Ask) -> str:
    """GET /baselines/{id}/resources"""
    baseline, uses = resource_uses(ask.app, ask.person, ask.parts["id"])
    wanted = ask.query.get("program", "")[:LONGEST]
    programs = [(name, list(several)) for name, several in groupby(uses, lambda use: use.program) if wanted in name]
    told = ask.query.get("from", "")
    start = int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0
    shown = programs[start : start + PROGRAMS]
    return render(
        "resources.html",
        ask,
        baseline=baseline,
        name=baseline.name or baseline.workload_id,
        programs=[(name, [(use, columns(use)) for use in several]) for name, several in shown],
        total=len(programs),
        shown=start + len(shown),
        start=start,
        next=start + PROGRAMS if start + PROGRAMS < len(programs) else 0,
        filtered=bool(wanted),
        amount=amount,
        part_hours=PART_HOURS,
        width=WIDTH,
        height=HEIGHT,
    )


def amount(value: float, unit: str) -> str:
    """A figure with its unit: '12 %', '38 MB', '4'."""
    if unit == "B":
        return size(round(value))
    digits = 1 if 0 < value < 9.95 and round(value, 1) != round(value) else 0
    return f"{value:,.{digits}f}" + (f" {unit}" if unit else "")
