"""What of an image its containers never used, which vulnerabilities would go with it, and OpenVEX statements from that."""

from __future__ import annotations

from periderm.app.slim import Slim, slim
from periderm.console.download import Download
from periderm.console.render import Ask, render
from periderm.model.errors import NotFoundError

ROWS = 100
MOST_NAMED = 6


def page(ask: Ask) -> str:
    """GET /images/{id}/slim"""
    found = slim(ask.app, ask.person, ask.parts["id"])
    done = found.slimming
    gone, start = frozenset(done.removed), _start(ask)
    packages = sorted(done.packages, key=lambda p: (bool(p.needed_by), -len(p.vulnerabilities), -p.size, p.name))
    return render(
        "slim.html",
        ask,
        found=found,
        done=done,
        name=done.reference or done.image_digest,
        packages=packages[start : start + ROWS],
        all_packages=len(packages),
        start=start,
        next=start + ROWS if start + ROWS < len(packages) else 0,
        programs=done.programs[:ROWS],
        ended=[f for f in found.findings if f.id in gone][:ROWS],
        kept=[f for f in found.findings if f.id not in gone][:ROWS],
        most=MOST_NAMED,
    )


def vex(ask: Ask) -> Download:
    """GET /images/{id}/slim/vex: the statements. Raises NotFoundError where there is nothing to state."""
    found: Slim = slim(ask.app, ask.person, ask.parts["id"])
    if not found.document:
        raise NotFoundError("There is nothing to state: no vulnerability of a package whose use shows.", "Go back.")
    name = (found.slimming.reference or found.slimming.image_digest).rpartition("/")[2]
    return Download(name=f"{name}.openvex.json", content=found.document, media="application/json")


def _start(ask: Ask) -> int:
    told = ask.query.get("from", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 7 else 0
