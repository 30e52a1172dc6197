"""`periderm agent`: the agent process alone. `periderm up` starts it."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--record", metavar="FILE", help="also write all events into a file")


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Watches until it is told to stop."""
    from periderm import wiring
    from periderm.agent.run import run as run_agent

    out.note("The agent watches this node.")
    return run_agent(wiring.agent(settings, record=options.record or ""))
