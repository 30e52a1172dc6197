"""`periderm coverage`: the ATT&CK matrix for containers: what sees each technique, and what cannot be seen."""

from __future__ import annotations

import argparse

from periderm.app.coverage import Covered, coverage
from periderm.cli.output import Output
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (Text("TECHNIQUE", "技术"), Text("NAME", "名称"), Text("SEEN BY", "检测器"), Text("BLIND SPOT", "盲区"))
_PARTLY = Text("yes: --blind", "有：--blind")
_NAMED = 5
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
    out.table([out.say(head) for head in _HEAD], [_row(c, out, whole=options.blind) for c in shown])
    out.line(out.say(_SUM.fill(seen=sum(bool(c.seen) for c in whole), total=len(whole))))
    return 0


def _row(covered: Covered, out: Output, *, whole: bool) -> tuple[str, ...]:
    seen = " ".join(sight.id for sight in covered.seen[:_NAMED])
    if len(covered.seen) > _NAMED:
        seen += f" +{len(covered.seen) - _NAMED}"
    blind = out.say(covered.blind) if whole else out.say(_PARTLY) if covered.blind.en else ""
    return (covered.id, out.say(covered.name), seen or "-", blind or "-")
