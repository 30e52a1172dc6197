"""`periderm coverage`: the ATT&CK matrix for containers: what sees each technique, and what cannot be seen."""

from __future__ import annotations

import argparse

from periderm.app.coverage import Covered, coverage
from periderm.cli.output import Output
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (Text("TECHNIQUE", "技术"), Text("NAME", "名称"), Text("SEEN BY", "检测器"), Text("BLIND SPOT", "盲区"))
_SUM = Text("{seen} of {total} techniques have a detector.", "{total} 项技术中有 {seen} 项具备检测器。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--blind", action="store_true", help="only what cannot be seen, or not in full")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Prints the matrix."""
    whole = coverage()
    shown = [c for c in whole if not options.blind or c.blind.en or not c.seen]
    if out.json:
        out.value(shown)
        return 0
    out.table([out.say(head) for head in _HEAD], [_row(c, out) for c in shown])
    out.line(out.say(_SUM.fill(seen=sum(bool(c.seen) for c in whole), total=len(whole))))
    return 0


def _row(covered: Covered, out: Output) -> tuple[str, ...]:
    seen = " ".join(sight.id for sight in covered.seen) or "-"
    return (covered.id, out.say(covered.name), seen, out.say(covered.blind) or "-")
