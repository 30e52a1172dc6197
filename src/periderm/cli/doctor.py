"""`periderm doctor`: what this machine can do, what still works without the rest, how to get it; `--clean` tidies up."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.diagnosis import Check, Condition, Diagnosis
from periderm.model.settings import Settings
from periderm.model.text import Text

EXIT_NOTHING_WORKS = 5
_MARKS = {Condition.WORKS: ("✓", "green"), Condition.PARTLY: ("~", "yellow"), Condition.MISSING: ("✗", "red")}
_STILL = Text("still works", "仍可用")
_GET = Text("get it", "获取")
_RUNNING = Text("Running now", "正在运行")
_LEFT = Text("Left behind (`periderm doctor --clean` removes it)", "残留（`periderm doctor --clean` 可清除）")
_REMOVED = Text("Removed", "已清除")
_CLEAN = Text("Nothing was left behind.", "没有残留。")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--clean", action="store_true", help="remove what a crash left behind: pinned programs, the sample's container"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Prints the diagnosis. 0 even where things are missing; 5 only if nothing of the product works here."""
    from periderm import wiring

    diagnosis = wiring.doctor(settings, clean=options.clean)
    if out.json:
        out.value({"works": diagnosis.works, "diagnosis": diagnosis})
    else:
        show(diagnosis, out, clean=options.clean)
    return 0 if diagnosis.works else EXIT_NOTHING_WORKS


def show(diagnosis: Diagnosis, out: Output, *, clean: bool) -> None:
    """A line for each check, and two more for what is missing."""
    for check in diagnosis.checks:
        _line(check, out)
    for title, names in (
        (_RUNNING, diagnosis.running),
        (_REMOVED, diagnosis.removed),
        (_LEFT, tuple(f"{orphan.kind} {orphan.name}" for orphan in diagnosis.orphans)),
    ):
        if names:
            out.line()
            out.line(out.paint(out.say(title), "bold"))
            for name in names:
                out.line(f"  {out.say(name)}")
    if clean and not diagnosis.removed:
        out.line()
        out.line(out.say(_CLEAN))


def _line(check: Check, out: Output) -> None:
    mark, colour = _MARKS[check.condition]
    out.line(f"{out.paint(mark, colour)} {out.say(check.title)}: {out.say(check.found)}")
    if check.condition is not Condition.WORKS:
        out.line(f"    {out.say(_STILL)}: {out.say(check.still)}")
        out.line(f"    {out.say(_GET)}: {out.say(check.next_step)}")
