"""The page of ATT&CK's matrix for containers: each technique with what sees it, and what cannot be seen."""

from __future__ import annotations

from periderm.app.coverage import Covered, coverage
from periderm.model.attack import TACTICS, VERSION
from tools.reference.markdown import cell, page, table

_NAMES = {tactic.id: tactic.name.en for tactic in TACTICS}


def pages() -> dict[str, str]:
    """File name to text."""
    covered = coverage()
    seen = sum(bool(c.seen) for c in covered)
    intro = (
        f"ATT&CK v{VERSION} for Containers: {len(covered)} techniques, {seen} with a detector of ours. Where a sensor on the "
        "machine cannot see something, it is said."
    )
    rows = [_row(c) for c in covered]
    return {
        "attack-coverage.md": page("ATT&CK coverage", intro, table(("technique", "tactics", "seen by", "blind spot"), rows))
    }


def _row(c: Covered) -> tuple[str, ...]:
    return (
        f"[{c.id}]({c.url}) {cell(c.name.en)}",
        ", ".join(_NAMES[t] for t in c.tactics),
        " ".join(f"[{s.id}](detectors-{s.capability}.md#{s.id.lower()})" for s in c.seen) or "-",
        cell(c.blind.en) or "-",
    )
