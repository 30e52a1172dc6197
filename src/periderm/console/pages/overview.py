"""The first page: what needs a person now, how exposed the running containers are, and what was not seen."""

from __future__ import annotations

from periderm.app.overview import ALIVE_SECONDS, SHARES, exposed, show_overview
from periderm.console.filtering import LEVELS
from periderm.console.pages.triage import Trend, dated, trend_of
from periderm.console.render import Ask, render
from periderm.model.severity import Severity

ROWS = 100
LONGEST = 500


def page(ask: Ask) -> str:
    """GET /"""
    state = show_overview(ask.app, ask.person, ask.memo)
    alive_since = state.time - ALIVE_SECONDS * 10**9
    counted = (state.vulnerable, state.high_findings, state.shell, state.root, state.no_sensor)
    shares = [(name, share, f"/exposure/{name}") for name, share in zip(SHARES, counted, strict=True)]
    trend = trend_of(ask)
    asked = any(ask.query.get(name) for name in ("since", "until"))
    return render(
        "overview.html",
        ask,
        trend=trend if trend.risky or asked else Trend(),
        dated=dated,
        state=state,
        shares=shares,
        levels=[(name, Severity[name.upper()], state.findings.get(name, 0)) for name in LEVELS],
        alive=[b for b in state.heartbeats if b.time >= alive_since],
        silent=[b for b in state.heartbeats if b.time < alive_since],
    )


def exposure(ask: Ask) -> str:
    """GET /exposure/{id}: the running containers that one of the shares counts."""
    share = ask.parts["id"]
    found = exposed(ask.app, ask.person, share, ask.memo)
    wanted = ask.query.get("text", "")[:LONGEST].lower()
    fitting = [(c, answer) for c, answer in found if wanted in f"{c.name} {c.image_name}".lower()]
    told = ask.query.get("from", "")
    start = int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0
    return render(
        "exposure.html",
        ask,
        share=share,
        shares=SHARES,
        rows=fitting[start : start + ROWS],
        count=sum(1 for _, answer in found if answer),
        unknown=sum(1 for _, answer in found if answer is None),
        total=len(fitting),
        start=start,
        next=start + ROWS if start + ROWS < len(fitting) else 0,
        filtered=bool(wanted),
    )
