"""`periderm guard`: the privileged processes beside the agent, alone. The agent starts them; nobody else needs to."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.errors import UsageError
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "words",
        nargs="+",
        metavar="WORK NUMBER",
        help="`responses` and two sockets (descriptors) that the agent holds, or `exec` and one",
    )


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Works until the agent closes its side."""
    from periderm import wiring

    work, *numbers = options.words
    wanted = {"responses": 2, "exec": 1}.get(work)
    if wanted is None or len(numbers) != wanted or not all(n.isascii() and n.isdecimal() and len(n) < 8 for n in numbers):
        raise UsageError(f"`guard {' '.join(options.words)}` is not understood.", "The agent starts this process itself.")
    descriptors = [int(number) for number in numbers]
    if work == "responses":
        wiring.serve_responses(settings, descriptors)
    else:
        wiring.serve_gate(descriptors[0])
    return 0
