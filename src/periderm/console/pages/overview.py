"""The first page: what needs a person now, how exposed the running containers are, and what was not seen."""

from __future__ import annotations

from periderm.app.overview import ALIVE_SECONDS, show_overview
from periderm.console.filtering import LEVELS
from periderm.console.render import Ask, render
from periderm.model.severity import Severity


def page(ask: Ask) -> str:
    """GET /"""
    state = show_overview(ask.app, ask.person, ask.memo)
    alive_since = state.time - ALIVE_SECONDS * 10**9
    shares = (
        ("high", state.high_findings, "/findings?severity=high"),
        ("shell", state.shell, "/assets?kind=container"),
        ("root", state.root, "/assets?kind=container"),
        ("sensor", state.no_sensor, "/gaps"),
    )
    return render(
        "overview.html",
        ask,
        state=state,
        shares=shares,
        levels=[(name, Severity[name.upper()], state.findings.get(name, 0)) for name in LEVELS],
        alive=[b for b in state.heartbeats if b.time >= alive_since],
        silent=[b for b in state.heartbeats if b.time < alive_since],
    )
