"""`periderm server`: the server process alone. `periderm up` starts it."""

from __future__ import annotations

import argparse

from periderm.cli.output import Output
from periderm.model.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command: none of its own."""


def run(options: argparse.Namespace, settings: Settings, out: Output) -> int:
    """Serves on loopback until it is told to stop."""
    from periderm import wiring

    out.note(f"The server answers at {settings.url}")
    wiring.serve(settings)
    return 0
