"""`periderm diff`: what changes from one image to another: packages, findings, and how it behaves. Stores nothing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from periderm import wiring
from periderm.app.diff import diff_targets
from periderm.app.report import Order
from periderm.cli import words
from periderm.cli.columns import pad, side_by_side, window, wrap
from periderm.cli.output import Output
from periderm.cli.scan import KINDS
from periderm.model.difference import Difference
from periderm.model.finding import Finding
from periderm.model.image import Package
from periderm.model.settings import Settings
from periderm.model.text import Text

EXIT_FOUND = 1
SHOWN = 25  # lines of each part unless all are asked for
_HEAD = Text("{before} → {after}", "{before} → {after}")
_SAME = Text("Nothing differs.", "没有差异。")
_BEHAVIOUR = Text("HOW IT BEHAVES", "行为变化")
_NEW = Text("NEW FINDINGS ({count})", "新增弱点（{count}）")
_GONE = Text("FINDINGS THAT ARE GONE ({count})", "已消除的弱点（{count}）")
_CHANGED = Text("PACKAGES IN OTHER VERSIONS ({count})", "版本变化的软件包（{count}）")
_ADDED = Text("PACKAGES ADDED ({count})", "新增的软件包（{count}）")
_REMOVED = Text("PACKAGES REMOVED ({count})", "移除的软件包（{count}）")
_MORE = Text("… and {count} more (--all shows them).", "… 另有 {count} 项（--all 显示全部）。")
_OLDER = Text("older", "降级")
_NOTHING = Text("nothing", "无")
_KEPT = Text("{count} findings are in both.", "两者共有 {count} 个弱点。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    what = "an archive, a layout, podman:NAME, docker:NAME … as for `periderm scan`"
    parser.add_argument("before", metavar="IMAGE1", help=what)
    parser.add_argument("after", metavar="IMAGE2", help="the one to compare it with")
    kinds = [name for name in KINDS if name != "host"]
    parser.add_argument("--kind", choices=kinds, default="image", help="what both are (default: image)")
    parser.add_argument("--all", action="store_true", help="all lines, however many there are")
    parser.add_argument("--fail-on-new", action="store_true", help="exit with 1 if there is a new finding")
    parser.add_argument("--no-cache", action="store_true", help="read everything again")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Scans both and prints; 1 if a new finding is to fail."""
    parts = wiring.report_parts(settings, cached=not options.no_cache)
    kind = KINDS[options.kind]
    before, after = (Order(kind=kind, target=target) for target in (options.before, options.after))
    found = diff_targets(parts, before, after, progress=out.progress)
    if out.json:
        out.value(found)
    else:
        show(found, out, whole=options.all)
    return EXIT_FOUND if options.fail_on_new and found.new else 0


def show(found: Difference, out: Output, *, whole: bool) -> None:
    """The difference for people: behaviour and new findings first, since they matter most."""
    for line in wrap(out.say(_HEAD.fill(before=found.before, after=found.after)), window()):
        out.line(out.paint(line, "bold"))
    out.line()
    if found.same:
        out.line(out.say(_SAME))
    if found.behaviour:
        out.line(out.paint(out.say(_BEHAVIOUR), "bold"))
        _behaviour(found, out)
    _findings(_NEW, found.new, "red", out, whole=whole)
    _findings(_GONE, found.gone, "green", out, whole=whole)
    rows = [
        f"{p.type} {p.name}  {', '.join(p.before)} → {', '.join(p.after)}" + (f"  ({out.say(_OLDER)})" if p.downgrade else "")
        for p in found.changed
    ]
    _lines(_CHANGED, rows, "~", "yellow", out, whole=whole)
    _lines(_ADDED, _packages(found.added), "+", "red", out, whole=whole)
    _lines(_REMOVED, _packages(found.removed), "-", "green", out, whole=whole)
    if found.kept:
        out.line(out.say(_KEPT.fill(count=len(found.kept))))


def _packages(packages: Sequence[Package]) -> list[str]:
    return [f"{p.type} {p.name} {p.version}" + (f"  {p.path}" if p.path else "") for p in packages]


def _behaviour(found: Difference, out: Output) -> None:
    nothing = out.say(_NOTHING)
    for change in found.behaviour:
        told = out.say(change.what)
        if change.before or change.after:
            told = f"{told}  {out.say(change.before) or nothing} → {out.say(change.after) or nothing}"
        side_by_side((words.severity(out, change.severity), told), (15, window() - 17), out)
    out.line()


def _findings(title: Text, findings: Sequence[Finding], colour: str, out: Output, *, whole: bool) -> None:
    if not findings:
        return
    out.line(out.paint(out.say(title.fill(count=len(findings))), "bold"))
    shown = findings if whole else findings[:SHOWN]
    for finding in shown:
        known = finding.vulnerability
        told = (
            f"{known.id}  {known.name} {known.version}"
            if known
            else f"{finding.detector}  {finding.message.pick(out.language)}"
        )
        mark = out.paint("+" if colour == "red" else "-", colour)
        side_by_side((mark, words.severity(out, finding.severity), out.say(told)), (1, 15, window() - 20), out)
    _rest(len(findings) - len(shown), out)


def _lines(title: Text, rows: Sequence[str], mark: str, colour: str, out: Output, *, whole: bool) -> None:
    if not rows:
        return
    out.line(out.paint(out.say(title.fill(count=len(rows))), "bold"))
    shown = rows if whole else rows[:SHOWN]
    for row in shown:
        side_by_side((out.paint(pad(mark, 1), colour), out.say(row)), (1, window() - 3), out)
    _rest(len(rows) - len(shown), out)


def _rest(count: int, out: Output) -> None:
    if count:
        out.line("  " + out.say(_MORE.fill(count=count)))
    out.line()
