"""`periderm replay`: judges a recorded file with the detectors of this version."""

from __future__ import annotations

import argparse
import datetime

from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", help="a file that `periderm record` wrote")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Prints the alerts in order of time and the incidents that they make."""
    from periderm import wiring

    events, alerts, incidents = wiring.replay(settings, options.file, out.progress)
    if out.json:
        out.value({"events": events, "alerts": alerts, "incidents": incidents})
        return 0
    rows = [
        (
            datetime.datetime.fromtimestamp(a.time / 1e9, datetime.UTC).strftime("%H:%M:%S.%f")[:-3],
            a.severity.name.lower(),
            a.detector,
            out.say(a.message),
            str(a.count),
        )
        for a in alerts
    ]
    if rows:
        out.table(("TIME", "SEVERITY", "DETECTOR", "WHAT", "COUNT"), rows, right=(4,))
    for incident in incidents:
        out.line()
        out.line(out.paint(out.say(incident.title), "bold"))
        out.line(out.say(incident.summary))
    out.line(f"{events} events, {len(alerts)} alerts, {len(incidents)} incidents.")
    return 0
