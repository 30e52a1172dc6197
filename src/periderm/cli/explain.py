"""`periderm explain ID`: what a detector looks for, why it matters, and what to change."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm import wiring
from periderm.app.explain import Explanation, explain_detector, explain_record, explain_rules, is_record, list_detectors
from periderm.cli import words
from periderm.cli.output import Output
from periderm.model.errors import PeridermError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.settings import Settings
from periderm.model.text import Text

_HEAD = (Text("ID", "编号"), Text("SEVERITY", "严重程度"), Text("MATURITY", "成熟度"), Text("WHAT", "内容"))
_SAYS = Text("Says", "告警文字")
_FIRES = Text("Fires on", "触发于")
_QUIET = Text("Stays quiet on", "不触发于")
_FIX = Text("What to change", "如何修复")
_ATTACK = Text("ATT&CK", "ATT&CK")
_READ = Text("Read", "参考")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "id",
        nargs="?",
        metavar="ID",
        help="a detector, a rule of this machine's packs, or an incident, alert or finding that one made (default: list all)",
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Lists or explains."""
    if not options.id:
        _list((*list_detectors(), *_rules(settings)), out)
        return 0
    if is_record(options.id):
        with wiring.reader(settings) as app:
            found: Sequence[Explanation] = explain_record(app, LOCAL_ADMIN, options.id, _rules(settings))
    else:
        found = (explain_detector(options.id, _rules(settings)),)
    if out.json:
        out.value(found)
        return 0
    for number, explanation in enumerate(found):
        if number:
            out.line()
        _tell(explanation, out)
    return 0


def _rules(settings: Settings) -> tuple[Explanation, ...]:
    """The rules that users wrote for this machine; none where their folder cannot be read."""
    try:
        loaded = wiring.rule_packs(settings, keep=False).look()
    except PeridermError:
        return ()
    return explain_rules(loaded.detectors) if loaded is not None else ()


def _list(found: Sequence[Explanation], out: Output) -> None:
    if out.json:
        out.value(found)
        return
    rows = [(e.id, out.say(words.severity_label(e.severity)), e.maturity.value, out.say(e.title)) for e in found]
    out.table([out.say(h) for h in _HEAD], rows)


def _tell(explanation: Explanation, out: Output) -> None:
    out.line(out.paint(f"{out.say(explanation.id)}  {out.say(explanation.title)}", "bold"))
    out.line(f"{words.severity(out, explanation.severity)} · {explanation.maturity.value} · {explanation.capability}")
    out.line(f"{out.say(_SAYS)}: {out.say(explanation.message)}")
    for title, examples in ((_FIRES, explanation.fires), (_QUIET, explanation.quiet)):
        if examples:
            out.line(f"{out.say(title)}:")
        for why in examples:
            out.line(f"  - {out.say(why)}")
    out.line(f"{out.say(_FIX)}: {out.say(explanation.remediation)}")
    for technique in explanation.techniques:
        out.line(f"{out.say(_ATTACK)}: {out.say(technique.id)} {out.say(technique.name)}  {technique.url}")
    for reference in explanation.references:
        out.line(f"{out.say(_READ)}: {out.say(reference)}")
