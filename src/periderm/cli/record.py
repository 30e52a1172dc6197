"""`periderm record`: this machine's runtime events into a file, for tests and bug reports."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.cli.stopping import stopped_by_signals
from periderm.model.errors import UsageError
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", help="the file to write; there must be none of this name")
    parser.add_argument("--seconds", type=float, default=0.0, help="stop after so long (default: until Ctrl-C)")
    parser.add_argument(
        "--container", default="", metavar="NAME", help="only events of containers with this name (a glob) or id"
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Records; prints how many events."""
    from periderm import wiring

    if options.seconds < 0:
        raise UsageError("--seconds is negative.", "Give a number of seconds, or leave it out to record until Ctrl-C.")
    out.note("Recording. Arguments and paths of programs are in the file: look before you share it.")
    with stopped_by_signals():
        events = wiring.record(settings, options.file, seconds=options.seconds, only=options.container, progress=out.progress)
    if out.json:
        out.value({"file": options.file, "events": events})
    else:
        out.line(f"{events} events in {out.say(options.file)}. Judge them with: periderm replay {out.say(options.file)}")
    return 0
